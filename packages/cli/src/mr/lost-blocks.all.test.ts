import { captureInfo } from '@mapped-ram/fixtures';
import { findQemu, QEMU_VERSIONS, type QemuTarget } from '@mapped-ram/tool-qemu';
import { afterAll, it } from 'vitest';
import { captureFolder } from '../testing/capture-folder.js';
import { expectGuarded, losableBlocks, loseBitmap } from '../testing/lost-blocks.js';
import { expectSameMemory } from '../testing/same-memory.js';

const folder = captureFolder();
afterAll(() => folder.remove());

/** Each block with a version of QEMU that restores its capture, of which there are two in turn. */
const blocks = (await losableBlocks()).map((block, index) => {
  const { machine, restoreResults } = captureInfo(block.captureId);
  const versions = QEMU_VERSIONS.filter((one) => restoreResults[one]?.verdict === 'restores');
  const version = versions[index % versions.length];
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
