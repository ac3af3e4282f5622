import { allOrFew, captureInfo } from '@mapped-ram/fixtures';
import { lintSource } from '@mapped-ram/lint';
import { openFileSource } from '@mapped-ram/reader/file';
import type { QemuVersion } from '@mapped-ram/tool-qemu';
import { describe, expect, it } from 'vitest';
import { transformFile } from './files.js';
import { relocateSnapshot } from './relocate-snapshot.js';
import { findRestoreDifference, missingQemu } from './testing/restore.js';
import { streamOffsetOf, useScratch } from './testing/scratch.js';

/** Both versions, all kinds of machines, and every way of saving that leaves a trace. */
const CASES: readonly (readonly [id: string, version: QemuVersion, toOffset: number])[] = [
  ['qemu-10.0/none', '10.0', 0x1000],
  ['qemu-10.0/microvm', '10.0', 1],
  ['qemu-10.0/pc', '10.0', 0],
  ['qemu-10.0/q35-devices', '10.0', 54_321],
  ['qemu-10.0/numa', '10.0', 0],
  ['qemu-10.0/virtio-mem', '10.0', 0x100000],
  ['qemu-10.0/multifd-8', '10.0', 0],
  ['qemu-10.0/live', '10.0', 0],
  ['qemu-10.0/offset-unaligned', '10.0', 0],
  ['qemu-10.0/no-footers', '10.0', 0],
  ['qemu-10.0/aarch64-virt', '10.0', 0],
  ['qemu-10.0/s390x', '10.0', 77],
  ['qemu-10.0/ppc64-pseries', '10.0', 0],
  ['libvirt-11.3/save-sparse', '10.0', 0],
  ['qemu-11.1/none', '11.1', 0],
  ['qemu-11.1/q35', '11.1', 0x1000],
  ['qemu-11.1/live-multifd', '11.1', 0],
  ['qemu-11.1/ignore-shared', '11.1', 0],
  ['qemu-11.1/no-vmdesc', '11.1', 3],
  ['qemu-11.1/cortex-m', '11.1', 0],
];

const FEW_CASES = CASES.filter(([id]) => /unaligned|s390x|11\.1.ignore-shared/.test(id));

const scratch = useScratch();

describe.each(allOrFew(CASES, FEW_CASES))('%s', (id, version, toOffset) => {
  const info = captureInfo(id);
  const missing = missingQemu(version, info.machine.target);

  it.skipIf(missing !== undefined)(
    missing === undefined
      ? `restores the same memory in QEMU ${version} when its stream starts at ${toOffset}, and runs on`
      : `missing tool: ${missing}`,
    async () => {
      const original = await scratch.capture(id);
      const moved = scratch.path(`moved-${id}`);
      await transformFile({ input: original, output: moved }, (source, target) =>
        relocateSnapshot(source, target, toOffset, streamOffsetOf(id)),
      );

      const source = await openFileSource(moved);
      const report = await lintSource(source, { deep: true, streamOffset: toOffset, qemu: version });
      await source.close();
      expect(report).toMatchObject({ verdict: 'restores' });
      expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);

      const capabilities = info.restoreCapabilities;
      const difference = await findRestoreDifference(
        version,
        info.machine,
        { path: original, streamOffset: info.streamOffset, capabilities },
        { path: moved, streamOffset: toOffset, capabilities },
      );
      expect(difference).toBeUndefined();
    },
  );
});
