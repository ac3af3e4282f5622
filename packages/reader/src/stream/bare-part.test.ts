import { loadCapture, type SparseImage } from '@mapped-ram/fixtures';
import { expect, it, vi } from 'vitest';
import type { ContinuingSection } from '../model.js';
import { openSnapshot } from '../snapshot.js';
import { SourceWindow } from '../window.js';
import { BARE_PART_LENGTH_BYTES, barePartOf } from './bare-part.js';

/** What is read where bare parts are told from others, and where all are parsed. */
async function bothWays(image: SparseImage) {
  const open = async () => ({ ...(await openSnapshot(image, { tolerant: true })) });
  const looked = await open();
  const held = vi.spyOn(SourceWindow.prototype, 'held').mockReturnValue(undefined);
  try {
    return { looked, parsed: await open() };
  } finally {
    held.mockRestore();
  }
}

const live = await loadCapture('qemu-10.0/live');
const { sections } = await openSnapshot(live);
const bare = sections.filter(
  (section): section is ContinuingSection => section.byteLength === BARE_PART_LENGTH_BYTES,
);

it('a live save has several', async () => {
  expect(bare.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['part', 'end']));
  const first = bare[0] as ContinuingSection;
  const bytes = live.bytes(first.byteOffset, BARE_PART_LENGTH_BYTES);
  expect(barePartOf(bytes, first.byteOffset, (id) => id === first.sectionId)).toEqual(first);
  expect(barePartOf(bytes, first.byteOffset, () => false)).toBeUndefined();
  const { looked, parsed } = await bothWays(live);
  expect(looked).toEqual(parsed);
  expect(looked.sections).toEqual(sections);
});

it.each(Array.from({ length: BARE_PART_LENGTH_BYTES }, (_, at) => at))(
  'is read as ever with byte %i damaged, or cut there',
  async (at) => {
    const { byteOffset } = bare[0] as ContinuingSection;
    const damaged = live.clone();
    const [byte = 0] = live.bytes(byteOffset + at, 1);
    damaged.patch(byteOffset + at, Uint8Array.of(byte ^ 0x11));
    const cut = live.clone();
    cut.truncate(byteOffset + at);
    for (const image of [damaged, cut]) {
      const { looked, parsed } = await bothWays(image);
      expect(looked.sections).not.toEqual(sections);
      expect(looked).toEqual(parsed);
    }
  },
);
