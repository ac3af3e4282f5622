import { captureInfo } from '@mapped-ram/fixtures';
import {
  findGuestDifference,
  findQemu,
  launchDestination,
  QEMU_VERSIONS,
  type QemuTarget,
  type QemuVersion,
  type QemuVm,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';
import { afterAll, describe, expect, it } from 'vitest';
import { captureFolder } from '../testing/capture-folder.js';
import { expectGuarded, losableBlocks, loseBitmap } from '../testing/lost-blocks.js';

const folder = captureFolder();
afterAll(() => folder.remove());

async function restored(captureId: string, path: string, version: QemuVersion): Promise<QemuVm> {
  const { machine, restoreCapabilities } = captureInfo(captureId);
  const vm = await launchDestination(machine, { version });
  const outcome = await restoreMappedRam(vm, { uri: `file:${path}`, capabilities: restoreCapabilities });
  if (outcome.kind === 'completed') return vm;
  await vm.kill();
  throw new Error(`QEMU ${version} does not restore ${path}: ${JSON.stringify(outcome)}`);
}

describe.each(await losableBlocks())('$captureId without the bitmap of $idstr', (block) => {
  const { machine, restoreResults } = captureInfo(block.captureId);
  const versions = QEMU_VERSIONS.filter((version) => restoreResults[version]?.verdict === 'restores');

  it('is called bad, is kept from being copied, and is mended', async () => {
    const path = await folder.put(block.captureId, 'lost.mr', (image) => loseBitmap(image, block));
    await expectGuarded(folder, path, block);
  });

  for (const version of versions) {
    const program = findQemu(version, machine.target as QemuTarget);
    const missing = program.kind === 'missing' ? program.reason : undefined;
    const title = missing ?? `QEMU ${version} restores from the mended file what was saved`;
    it.skipIf(missing !== undefined)(title, async () => {
      const path = await folder.put(block.captureId, 'lost.mr', (image) => loseBitmap(image, block));
      const mended = await expectGuarded(folder, path, block);
      const before = await restored(block.captureId, await folder.put(block.captureId, 'good.mr'), version);
      try {
        const after = await restored(block.captureId, mended, version);
        try {
          expect(await findGuestDifference(before, after)).toBeUndefined();
        } finally {
          await after.kill();
        }
      } finally {
        await before.kill();
      }
    });
  }
});
