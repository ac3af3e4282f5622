import type { SparseImage } from '@mapped-ram/fixtures';
import type { Snapshot } from '@mapped-ram/reader';
import { ascii, be64 } from './damage.js';

const PAGE_BYTES = 4096;
const WORD_BYTES = 8;

/** How far behind the configuration the first page begins at most. */
const SEARCHED_BYTES = 4096;

/** A record of a page in a classic stream. */
export interface PageRecord {
  readonly wordOffset: number;
  readonly contentsOffset: number;
}

/** The first records of a classic stream's pages, in a capture whose first block is pc.ram: one with the block's name, and one without. */
export function firstPages(image: SparseImage, { configuration }: Snapshot): [PageRecord, PageRecord] {
  const from = configuration?.byteOffset ?? 0;
  const name = ascii('\x06pc.ram');
  const at = Buffer.from(image.bytes(from, SEARCHED_BYTES)).indexOf(Buffer.concat([be64(0x08), name]));
  if (at < 0) throw new RangeError('the capture has no page of pc.ram where it was looked for');
  const wordOffset = from + at;
  const contentsOffset = wordOffset + WORD_BYTES + name.length;
  const next = contentsOffset + PAGE_BYTES;
  return [
    { wordOffset, contentsOffset },
    { wordOffset: next, contentsOffset: next + WORD_BYTES },
  ];
}
