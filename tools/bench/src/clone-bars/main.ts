/**
 * `node tools/bench/dist/clone-bars/main.js [SIZE ...]`: clones of snapshots of these sizes against QEMU's own restore;
 * `... libvirt`: clones that virsh restores.
 */
import { tmpdir } from 'node:os';
import { parseSize } from '@mapped-ram/format';
import { QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { findLibvirt } from '@mapped-ram/tool-qemu/libvirt';
import { measureCrowd, measureSize, prepare } from './bars.js';
import { measureLibvirt } from './libvirt-bars.js';

const MIB = 1024 * 1024;
const CROWD = 20;
const CROWD_SIZE = 1024 * MIB;
/** From this size on, loading the memory takes at least so many times as long as mapping it. */
const LARGE = 4096 * MIB;
const LARGE_RATIO = 100;
/** Mapping more memory may not take longer than that much more than mapping the least, in milliseconds. */
const GROWTH_MS = 10;

/** A clone that virsh restores is there within that, half of the times, in milliseconds. */
const LIBVIRT_MS = 1000;

const given = process.argv.slice(2);
const failures: string[] = [];
const check = (holds: boolean, what: string) => {
  if (!holds) failures.push(what);
};

if (given[0] === 'libvirt') await tryLibvirt();
else await trySizes((given.length > 0 ? given : ['256M', '1G', '4G', '8G']).map(parseSize));

async function tryLibvirt(): Promise<void> {
  for (const version of QEMU_VERSIONS) {
    const found = findLibvirt(version);
    if (found.kind === 'missing') {
      console.error(`not measured: ${found.reason}`);
      continue;
    }
    const figures = await measureLibvirt(found, CROWD_SIZE, CROWD);
    const { medianMs, slowestMs, proportionalBytes, imageBytes, isolated } = figures;
    const name = `libvirt ${found.libvirt}, QEMU ${version}, ${CROWD_SIZE / MIB} MiB`;
    const used = `${Math.round(proportionalBytes / MIB)} MiB of memory for an image of ${Math.round(imageBytes / MIB)} MiB`;
    console.log(
      `${name}: virsh restore of ${CROWD} clones, median ${medianMs.toFixed(0)} ms, slowest ${slowestMs.toFixed(0)} ms; ` +
        `together ${used}; each sees ${isolated ? 'only its own' : "OTHERS'"} writes`,
    );
    check(medianMs < LIBVIRT_MS, `${name}: a clone takes ${medianMs.toFixed(0)} ms`);
    check(proportionalBytes < 2 * imageBytes, `${name}: ${CROWD} clones use ${used}`);
    check(isolated, `${name}: clones see each other's writes`);
  }
}

async function trySizes(sizes: readonly number[]): Promise<void> {
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
}
for (const failure of failures) console.error(`missed: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
