import { captureInfo, restoringVersion } from '@mapped-ram/fixtures';
import { findQemu, type QemuTarget, type QemuVersion } from '@mapped-ram/tool-qemu';
import { afterAll, it } from 'vitest';
import { captureFolder } from '../testing/capture-folder.js';
import { expectGuarded, losableBlocks, loseBitmap } from '../testing/lost-blocks.js';
import { expectSameMemory } from '../testing/same-memory.js';

const folder = captureFolder();
afterAll(() => folder.remove());

/** Each block with a version of QEMU that restores its capture. */
const blocks = (await losableBlocks()).map((block, index) => {
  const info = captureInfo(block.captureId);
  const { machine } = info;
  const version = restoringVersion(info, index) as QemuVersion | undefined;
  const program = version && findQemu(version, machine.target as QemuTarget);
  const missing = program?.kind === 'missing' ? `missing tool: ${program.reason}` : undefined;
  return { block, ...block, machine, version, missing };
});

it.for(blocks)(
  '$captureId without the bitmap of $idstr is called bad, is kept from being copied, and is mended: QEMU $version restores what was saved',
  async ({ block, captureId, machine, version, missing }, { skip }) => {
    const path = await folder.put(captureId, 'lost.mr', (image) => loseBitmap(image, block));
    const mended = await expectGuarded(folder, path, block);
    if (missing !== undefined) skip(missing);
    if (version === undefined) return;
    const good = await folder.put(captureId, 'good.mr');
    const { restoreCapabilities: capabilities } = captureInfo(captureId);
    await expectSameMemory({ version, machine, capabilities }, good, mended);
  },
);
