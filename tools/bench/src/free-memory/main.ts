/**
 * `npm run free-memory -- [VERSION ...]`: what a Linux guest that uses little of its memory costs, saved as it is, with hints of its balloon, with a
 * balloon that has given free memory back, and trimmed; idle and after a workload. Writes the table of docs/free-memory.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { type Figures, freeMemoryFigures, type Way } from './figures.js';

const MEMORY_MIB = 512;
/** What a program has used of it and given back. */
const WORKLOAD_MIB = 350;

const wanted = process.argv.slice(2);
const versions = QEMU_VERSIONS.filter((version) => wanted.length === 0 || wanted.includes(version));
if (versions.length < wanted.length) {
  console.error(`QEMU ${wanted.join(', ')}: there are ${QEMU_VERSIONS.join(', ')}`);
  process.exit(2);
}

const WAYS: Readonly<Record<Way, string>> = {
  plain: 'paused, plain',
  hint: 'live, `--free-page-hint`',
  reporting: 'paused, `free-page-reporting=on`',
  trim: 'paused, `--trim`',
};

const cells = ({ storedMiB, saveMs, restoreMs }: Figures) =>
  `${storedMiB.toFixed(0)} | ${(saveMs / 1000).toFixed(2)} | ${(restoreMs / 1000).toFixed(2)}`;

console.log(`Linux guest of ${MEMORY_MIB} MiB, idle and after a workload of ${WORKLOAD_MIB} MiB\n`);
console.log('| QEMU | saved | idle: MiB | save, s | restore, s | after work: MiB | save, s | restore, s |');
console.log('|---|---|---|---|---|---|---|---|');
for (const version of versions) {
  const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'free-memory-'));
  try {
    const machine = { version, memoryMiB: MEMORY_MIB, workloadMiB: WORKLOAD_MIB, folder };
    const { idle, worked } = await freeMemoryFigures(machine);
    for (const [way, name] of Object.entries(WAYS) as [Way, string][]) {
      console.log(`| ${version} | ${name} | ${cells(idle[way])} | ${cells(worked[way])} |`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
