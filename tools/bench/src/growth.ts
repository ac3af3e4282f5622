import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKOUT_PATH } from '@mapped-ram/tool-qemu';
import { measure } from './measure.js';
import { benchFolder } from './scale.js';
import { sparseSnapshot } from './snapshot-files.js';

/** What the machines have of memory, in GiB. */
const SIZES_GIB = [1, 4, 16, 64] as const;

/** One that counts and one before it, which fills the caches. */
const ROUNDS = 1;

/** What a command takes of a snapshot of a size. */
export interface Growth {
  readonly command: string;
  readonly gib: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

const program = (name: string): string => join(CHECKOUT_PATH, `packages/cli/dist/bundle/${name}.js`);
const at = (name: string): string => join(benchFolder, `growth-${name}`);

/** Every command that works on a whole snapshot, with what it needs beside it. `FILE`, `OUT` and `PACKED` are put in. */
const COMMANDS: readonly (readonly [name: string, script: string, ...args: string[]])[] = [
  ['mr-lint', 'mr-lint', '--quiet', 'FILE'],
  ['mr-lint --deep', 'mr-lint', '--quiet', '--deep', 'FILE'],
  ['mr info', 'mr', 'info', 'FILE'],
  ['mr info --deep', 'mr', 'info', '--deep', 'FILE'],
  ['mr map', 'mr', 'map', 'FILE'],
  ['mr devices', 'mr', 'devices', 'FILE'],
  ['mr diff', 'mr', 'diff', 'FILE', 'FILE'],
  ['mr search', 'mr', 'search', 'FILE', 'nowhere in it'],
  ['mr copy', 'mr', 'copy', '--no-sync', '-f', 'FILE', 'OUT'],
  ['mr scrub', 'mr', 'scrub', '--no-sync', '-f', 'FILE', 'OUT'],
  ['mr relocate', 'mr', 'relocate', '--no-sync', '-f', '--offset', '1M', 'FILE', 'OUT'],
  ['mr convert', 'mr', 'convert', '--no-sync', '-f', '--large', '--to', 'stream', 'FILE', 'OUT'],
  ['mr extract --block', 'mr', 'extract', '--block', 'ram', '-f', '-o', 'OUT', 'FILE'],
  ['mr seal', 'mr', 'seal', '-f', '-o', 'OUT', 'FILE'],
  ['mr pack', 'mr', 'pack', '--no-sync', '-f', 'FILE', 'PACKED'],
  ['mr unpack', 'mr', 'unpack', '--no-sync', '-f', 'PACKED', 'OUT'],
];

/** What is searched for is not there. */
const STATUS: ReadonlyMap<string, number> = new Map([['mr search', 1]]);

/** Runs every command on snapshots of machines that have ever more memory, and as much in it. */
export async function measureGrowth(): Promise<Growth[]> {
  const grown: Growth[] = [];
  for (const gib of SIZES_GIB) {
    const places = new Map([
      ['FILE', await sparseSnapshot(at(`${gib}gib.mr`), gib)],
      ['OUT', at('out')],
      ['PACKED', at('packed.zst')],
    ]);
    try {
      for (const [command, script, ...args] of COMMANDS) {
        const argv = args.map((arg) => places.get(arg) ?? arg);
        const [figures] = await measure(
          [{ name: command, command: ['node', program(script), ...argv], status: STATUS.get(command) ?? 0 }],
          ROUNDS,
        );
        if (figures === undefined) continue;
        const { seconds, cpuSeconds, peakBytes = 0 } = figures;
        console.log(
          `  ${command}, ${gib} GiB: ${seconds.toFixed(2)} s, ${Math.ceil(peakBytes / 2 ** 20)} MiB`,
        );
        grown.push({ command, gib, seconds, cpuSeconds, peakBytes });
        await rm(at('out'), { force: true });
      }
    } finally {
      for (const path of places.values()) await rm(path, { force: true });
    }
  }
  return grown;
}

/** A table for a page: a row for each command; seconds and memory of each size. */
export function growthTable(grown: readonly Growth[]): string {
  const sizes = SIZES_GIB.map((gib) => `${gib} GiB`);
  const cell = (command: string) => (gib: number) => {
    const found = grown.find((one) => one.command === command && one.gib === gib);
    if (found === undefined) return '-';
    return `${found.cpuSeconds.toFixed(2)} s, ${Math.ceil(found.peakBytes / 2 ** 20)} MiB`;
  };
  const rows = COMMANDS.map(([name]) => [`\`${name}\``, ...SIZES_GIB.map(cell(name))]);
  const lines = [['command', ...sizes], ['---', ...sizes.map(() => '---')], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
