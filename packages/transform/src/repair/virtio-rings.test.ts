import { join } from 'node:path';
import { captureInfo, loadCapture, onlyInAll, SparseImage } from '@mapped-ram/fixtures';
import { findVirtioQueues, memorySource, openSnapshot } from '@mapped-ram/reader';
import { memoryTarget } from '@mapped-ram/writer';
import { describe, expect, it } from 'vitest';
import { transformFile } from '../files.js';
import { missingQemu, restore } from '../testing/restore.js';
import { useScratch } from '../testing/scratch.js';
import { repairSnapshot } from './repair-snapshot.js';

const scratch = useScratch();
const forQemu = '11.1';

onlyInAll(describe.each(['qemu-10.0/virtio-mem', 'qemu-10.0/q35-devices']))('%s for QEMU 11.1', (id) => {
  const { machine } = captureInfo(id);
  const missing = missingQemu(forQemu, machine.target);

  it.skipIf(missing !== undefined)(
    `restores there with the memory that was saved, and runs on${missing === undefined ? '' : `, missing tool: ${missing}`}`,
    async () => {
      const input = await scratch.capture(id);
      await expect(restore(forQemu, machine, { path: input })).rejects.toThrow('exceeds allocated max');
      const output = scratch.path(`mended-${id.replace('/', '-')}`);
      const { report } = await transformFile({ input, output }, (source, target) =>
        repairSnapshot(source, target, { forQemu }),
      );
      expect(new Set(report.repairs.map(({ kind }) => kind))).toEqual(new Set(['virtio-rings']));
      const vm = await restore(forQemu, machine, { path: output });
      try {
        for (const { name, sha256 } of machine.memory) {
          expect((await SparseImage.fromFile(join(vm.folder, name))).sha256()).toBe(sha256);
        }
        await vm.qmp.execute('cont');
        expect(await vm.qmp.execute('query-status')).toMatchObject({ status: 'running' });
      } finally {
        await vm.kill();
      }
    },
  );
});

it('has nothing to mend for a release that takes the file, or in a file of that release', async () => {
  const older = repairSnapshot(await loadCapture('qemu-10.0/virtio-mem'), memoryTarget(), {
    forQemu: '10.0',
  });
  await expect(older).rejects.toMatchObject({ code: 'unsupported' });
  const newer = repairSnapshot(await loadCapture('qemu-11.1/virtio-mem'), memoryTarget(), { forQemu });
  await expect(newer).rejects.toMatchObject({ code: 'unsupported' });
});

it('leaves a ring that a driver uses, and says so', async () => {
  const image = await loadCapture('qemu-10.0/virtio-mem');
  const snapshot = await openSnapshot(await loadCapture('qemu-10.0/virtio-mem'));
  const section = snapshot.sections.find(
    (other) => other.kind === 'full' && other.idstr.endsWith('/virtio-mem'),
  );
  if (section?.kind !== 'full') throw new TypeError('the capture has no such device');
  const { queues = [] } =
    findVirtioQueues(section.idstr, await snapshot.readDeviceState(section), section.bodyOffset) ?? {};
  image.patch((queues[0]?.ringSizeOffset ?? 0) + 4, Uint8Array.of(0, 0, 0, 0, 0, 0x80, 0, 0));
  const used = repairSnapshot(memorySource(image.bytes(0, image.sizeBytes)), memoryTarget(), { forQemu });
  await expect(used).rejects.toMatchObject({
    code: 'unsupported',
    path: expect.stringContaining('queues[0]'),
  });
});
