import { allOrLast, captureInfo, loadCapture } from '@mapped-ram/fixtures';
import { applyFiles, deltaFile, packFile, unpackFile } from '@mapped-ram/pack/file';
import {
  findGuestDifference,
  findQemu,
  launchDestination,
  QEMU_VERSIONS,
  type QemuVersion,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from './testing/scratch.js';

const inScratch = scratchFolder();

describe.each(allOrLast(QEMU_VERSIONS))('QEMU %s', (version) => {
  const qemu = findQemu(version);
  const missing = qemu.kind === 'missing' ? ` (${qemu.reason})` : '';

  it.skipIf(qemu.kind === 'missing')(`restores what unpack and apply give${missing}`, async () => {
    const id = 'qemu-10.0/pc';
    const [plain, packed, unpacked] = [
      inScratch('plain.mr'),
      inScratch('packed.zst'),
      inScratch('unpacked.mr'),
    ];
    const [delta, applied] = [inScratch('delta'), inScratch('applied.mr')];
    await (await loadCapture(id)).writeTo(plain);
    await (await loadCapture('qemu-10.0/live')).writeTo(inScratch('base.mr'));
    await packFile({ input: plain, output: packed, overwrite: true }, { channels: 2 });
    await unpackFile({ input: packed, output: unpacked, overwrite: true }, { channels: 2 });
    const pair = { base: inScratch('base.mr'), next: packed, output: delta };
    await deltaFile(pair, { overwrite: true });
    await applyFiles({ base: pair.base, deltas: [delta], output: applied }, { overwrite: true });

    const { machine } = await captureInfo(id);
    const original = await restored(version, machine, plain);
    try {
      for (const path of [unpacked, applied]) {
        const vm = await restored(version, machine, path);
        try {
          expect(await findGuestDifference(original, vm)).toBeUndefined();
          await vm.qmp.execute('cont');
          expect(await vm.qmp.execute('query-status')).toMatchObject({ running: true });
        } finally {
          await vm.kill();
        }
      }
    } finally {
      await original.kill();
    }
  });
});

async function restored(
  version: QemuVersion,
  machine: Parameters<typeof launchDestination>[0],
  path: string,
) {
  const vm = await launchDestination(machine, { version });
  const outcome = await restoreMappedRam(vm, { uri: `file:${path}` });
  expect(outcome).toEqual({ kind: 'completed' });
  return vm;
}
