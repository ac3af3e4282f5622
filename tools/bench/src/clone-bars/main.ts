/** `node tools/bench/dist/clone-bars/main.js [SIZE ...]`: clones of snapshots of these sizes against QEMU's own restore. */
import { tmpdir } from 'node:os';
import { parseSize } from '@mapped-ram/format';
import { QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { measureCrowd, measureSize, prepare } from './bars.js';

const MIB = 1024 * 1024;
const CROWD = 20;
const CROWD_SIZE = 1024 * MIB;
/** From this size on, loading the memory takes at least so many times as long as mapping it. */
const LARGE = 4096 * MIB;
const LARGE_RATIO = 100;
/** Mapping more memory may not take longer than that much more than mapping the least, in milliseconds. */
const GROWTH_MS = 10;

const given = process.argv.slice(2);
const sizes = (given.length > 0 ? given : ['256M', '1G', '4G', '8G']).map(parseSize);
const failures: string[] = [];
const check = (holds: boolean, what: string) => {
  if (!holds) failures.push(what);
};

for (const version of QEMU_VERSIONS) {
  let leastMs: number | undefined;
  for (const sizeBytes of sizes) {
    const prepared = await prepare(version, sizeBytes, tmpdir());
    try {
      const { cloneMs, multifdMs, difference, runsOn } = await measureSize(prepared);
      const name = `QEMU ${version}, ${sizeBytes / MIB} MiB`;
      const ratio = Math.round(multifdMs / cloneMs);
      console.log(
        `${name}: ${cloneMs.toFixed(1)} ms; restored with multifd in ${multifdMs.toFixed(0)} ms, ${ratio} times as long; ` +
          `memory ${difference ?? 'equal'}; the guest ${runsOn ? 'runs on' : 'STANDS STILL'}`,
      );
      leastMs ??= cloneMs;
      check(difference === undefined, `${name}: ${difference}`);
      check(runsOn, `${name}: the guest is paused`);
      check(cloneMs < leastMs + GROWTH_MS, `${name}: the time grows with the memory`);
      check(sizeBytes < LARGE || ratio >= LARGE_RATIO, `${name}: only ${ratio} times faster`);
      if (sizeBytes === CROWD_SIZE) {
        const { proportionalBytes, snapshotBytes, isolated } = await measureCrowd(prepared, CROWD);
        const used = `${Math.round(proportionalBytes / MIB)} MiB of memory for ${Math.round(snapshotBytes / MIB)} MiB of snapshot`;
        console.log(
          `${name}: ${CROWD} clones use ${used}; each sees ${isolated ? 'only its own' : "OTHERS'"} writes`,
        );
        check(proportionalBytes < 2 * snapshotBytes, `${name}: ${CROWD} clones use ${used}`);
        check(isolated, `${name}: clones see each other's writes`);
      }
    } finally {
      await prepared.end();
    }
  }
}
for (const failure of failures) console.error(`missed: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
