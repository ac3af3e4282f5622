import { captureInfo } from '@mapped-ram/fixtures';
import { findQemu, QEMU_VERSIONS, type QemuTarget } from '@mapped-ram/tool-qemu';
import { afterAll, describe, it } from 'vitest';
import { captureFolder } from '../testing/capture-folder.js';
import { expectGuarded, losableBlocks, loseBitmap } from '../testing/lost-blocks.js';
import { expectSameMemory } from '../testing/same-memory.js';

const folder = captureFolder();
afterAll(() => folder.remove());

describe.each(await losableBlocks())('$captureId without the bitmap of $idstr', (block) => {
  const { machine, restoreCapabilities, restoreResults } = captureInfo(block.captureId);
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
      const good = await folder.put(block.captureId, 'good.mr');
      await expectSameMemory({ version, machine, capabilities: restoreCapabilities }, good, mended);
    });
  }
});
