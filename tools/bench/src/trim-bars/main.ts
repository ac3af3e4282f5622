/** `npm run trim-bars -- [MIB]`: a Linux guest after a workload, saved, trimmed and restored, in one run. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHECKOUT_PATH, saveMappedRam } from '@mapped-ram/tool-qemu';
import { bootLinux, FILL_MEMORY, findLinuxGuest } from '@mapped-ram/tool-qemu/linux-guest';
import { restoreMs, storedMiB } from '../linux-restore.js';

const MIB = 2 ** 20;
const VERSION = '11.1';
/** Of the guest's memory, what a program has used and given back. */
const WORKLOAD = 0.85;
const RATIO = 10;
const TRIM_BYTES = 300 * MIB;

const memoryMiB = Number(process.argv[2] ?? 2048);
const args = ['-machine', 'pc-q35-10.0', '-m', `${memoryMiB}M`];
const mr = join(CHECKOUT_PATH, 'packages/cli/dist/bundle/mr.js');
const peakMemory = fileURLToPath(new URL('../peak-memory.js', import.meta.url));

const guest = findLinuxGuest();
if (guest.kind === 'missing') throw new Error(guest.reason);
const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'trim-bars-'));
const at = (name: string) => join(folder, name);
const failures: string[] = [];
const check = (holds: boolean, what: string) => {
  console.log(what);
  if (!holds) failures.push(what);
};

try {
  const workloadMiB = Math.floor(memoryMiB * WORKLOAD);
  const {
    vm,
    console: serial,
    kill,
  } = await bootLinux(guest, { version: VERSION, args, files: [FILL_MEMORY] });
  try {
    await serial.run(`fill-memory ${workloadMiB}`);
    await vm.qmp.execute('stop');
    await saveMappedRam(vm, { uri: `file:${at('full.mr')}` });
  } finally {
    await kill();
  }
  const copy = run('copy', at('full.mr'), at('trimmed.mr'));
  rmSync(at('trimmed.mr'));
  const toCopy = run('trim', at('full.mr'), at('trimmed.mr'));
  const [full, trimmed] = [storedMiB(at('full.mr')), storedMiB(at('trimmed.mr'))];
  const fullMs = await restoreMs(at('full.mr'), VERSION, args);
  const trimmedMs = await restoreMs(at('trimmed.mr'), VERSION, args);
  const inPlace = run('trim', at('full.mr'));

  console.log(`Linux guest of ${memoryMiB} MiB after a workload of ${workloadMiB} MiB, QEMU ${VERSION}`);
  check(full >= RATIO * trimmed, `stored: ${full.toFixed(0)} MiB, trimmed ${trimmed.toFixed(0)} MiB`);
  check(
    fullMs >= RATIO * trimmedMs,
    `restored: in ${fullMs.toFixed(0)} ms, trimmed in ${trimmedMs.toFixed(0)} ms (the least of three each)`,
  );
  const seconds = (one: { readonly seconds: number }) => `${one.seconds.toFixed(2)} s`;
  check(
    inPlace.seconds < copy.seconds && toCopy.seconds < copy.seconds,
    `mr copy: ${seconds(copy)}; mr trim into a copy: ${seconds(toCopy)}, in place: ${seconds(inPlace)}`,
  );
  const peak = Math.max(inPlace.peakBytes, toCopy.peakBytes);
  check(peak < TRIM_BYTES, `mr trim used ${(peak / MIB).toFixed(0)} MiB of memory at most`);
} finally {
  rmSync(folder, { recursive: true });
}
for (const failure of failures) console.error(`missed: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** Runs a command of `mr`, and measures it. */
function run(...argv: string[]): { readonly seconds: number; readonly peakBytes: number } {
  const peakFile = at('peak');
  const started = performance.now();
  execFileSync(process.execPath, ['--import', peakMemory, mr, ...argv], {
    env: { ...process.env, PEAK_MEMORY_FILE: peakFile },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const seconds = (performance.now() - started) / 1000;
  return { seconds, peakBytes: Number(readFileSync(peakFile, 'utf8')) };
}
