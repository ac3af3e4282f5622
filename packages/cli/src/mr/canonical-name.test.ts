import { captureInfo, loadCapture, SparseImage } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { findQemu, QEMU_VERSIONS, type QemuTarget } from '@mapped-ram/tool-qemu';
import { createSnapshot, layoutOf } from '@mapped-ram/writer';
import { createFileTarget } from '@mapped-ram/writer/file';
import { afterAll, describe, expect, it } from 'vitest';
import { captureFolder } from '../testing/capture-folder.js';
import { expectGuarded, type LosableBlock, loseBitmap } from '../testing/lost-blocks.js';
import { expectSameMemory } from '../testing/same-memory.js';

const CAPTURE = 'qemu-10.0/alpha-none';
const IDSTR = '/objects/mem';
const PAGE_SIZE = 8192;

const folder = captureFolder();
afterAll(() => folder.remove());

/** The capture with its memory under the name that machine types before 4.1 give to `-object memory-backend-...,id=mem`. */
async function writeRenamed(path: string): Promise<LosableBlock> {
  const source = await loadCapture(CAPTURE);
  const snapshot = await openSnapshot(source);
  const layout = layoutOf(snapshot, source);
  const blocks = layout.blocks.map((block) => ({ ...block, idstr: IDSTR }));
  const writer = await createSnapshot(await createFileTarget(path), { ...layout, blocks });
  for (const [index, block] of snapshot.ramBlocks.entries()) {
    for await (const runs of snapshot.pages(block)) await writer.writeRuns(index, runs);
  }
  await writer.finish();
  const [block] = writer.blocks;
  if (block === undefined) throw new Error('there is no block');
  expect(block).toMatchObject({ idstr: IDSTR, pageSize: PAGE_SIZE });
  return { captureId: CAPTURE, ...block };
}

/** As QEMU is started for such a file. */
const machine = {
  ...captureInfo(CAPTURE).machine,
  args: captureInfo(CAPTURE).machine.args.map((arg) =>
    arg
      .replace('memory-backend=ram', 'memory-backend=mem')
      .replace('id=ram,', 'id=mem,x-use-canonical-path-for-ramblock-id=on,'),
  ),
};

async function loseBits(path: string, lost: string, block: LosableBlock): Promise<void> {
  const image = await SparseImage.fromFile(path);
  loseBitmap(image, block);
  await image.writeTo(lost);
}

describe(`${IDSTR} with pages of ${PAGE_SIZE} bytes, without its bitmap`, () => {
  it('is called bad, is kept from being copied, and is mended', async () => {
    const block = await writeRenamed(folder.at('good.mr'));
    await loseBits(folder.at('good.mr'), folder.at('lost.mr'), block);
    await expectGuarded(folder, folder.at('lost.mr'), block);
  });

  for (const version of QEMU_VERSIONS) {
    const program = findQemu(version, machine.target as QemuTarget);
    const missing = program.kind === 'missing' ? program.reason : undefined;
    const title = missing ?? `QEMU ${version} restores from the mended file what was saved`;
    it.skipIf(missing !== undefined)(title, async () => {
      const good = folder.at(`good-${version}.mr`);
      const block = await writeRenamed(good);
      await loseBits(good, folder.at('lost.mr'), block);
      const mended = await expectGuarded(folder, folder.at('lost.mr'), block);
      await expectSameMemory({ version, machine, capabilities: [] }, good, mended);
    });
  }
});
