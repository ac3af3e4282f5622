import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import { mapBlock } from './map-rows.js';

/** The colours of a picture, as `#rrggbb`. What is drawn names one by its index. */
export const palette = [
  ...['#ffffff', '#1b1f24', '#6e7781'],
  ...['#eaeef2', '#cfe3f7', '#a9cdf0', '#7fb3e6', '#5897d8', '#357bc4', '#1f60a6', '#124782', '#08305c'],
] as const;

/** Indices of the palette. */
export const Colour = { background: 0, text: 1, label: 2, empty: 3, full: palette.length - 1 } as const;

/** A rectangle in one colour, in pixels from the top left corner. */
export interface PictureRectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: number;
}

/** A line of text. */
export interface PictureText {
  readonly x: number;
  /** Of its upper edge. */
  readonly y: number;
  /** 2 for headings, 1 for the small print: the size of a pixel of the font. */
  readonly scale: 1 | 2;
  readonly colour: number;
  readonly text: string;
}

/** A picture, before it is drawn in some format. */
export interface Picture {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly rectangles: readonly PictureRectangle[];
  readonly texts: readonly PictureText[];
}

const MARGIN = 16;
/** Where the offsets of the rows are. */
const GUTTER = 84;
/** Parts in a row, a pixel each. */
const ROW_PARTS = 960;
const ROW_HEIGHT = 14;
const ROW_GAP = 2;
const HEADING_HEIGHT = 22;
const BLOCK_GAP = 14;
const LEGEND_HEIGHT = 24;

/** A part, which is a pixel wide, shows so many pages before there is another row. */
const PAGES_FOR_PART = 16;

/** Blocks that are drawn: real machines have some tens. */
const MAX_BLOCKS = 200;

/**
 * Draws where a snapshot's set pages lie: each block a strip in one or more rows, the darker the more pages are set.
 *
 * @param captionOf The line above a block's strip.
 * @throws MappedRamError as `mapBlock` does.
 */
export async function drawMap(
  snapshot: Snapshot,
  title: string,
  captionOf: (block: RamBlock, setPages: number) => string,
): Promise<Picture> {
  const rectangles: PictureRectangle[] = [];
  const texts: PictureText[] = [{ x: MARGIN, y: MARGIN, scale: 2, colour: Colour.text, text: title }];
  let y = MARGIN + HEADING_HEIGHT + BLOCK_GAP;
  for (const block of snapshot.ramBlocks.slice(0, MAX_BLOCKS)) {
    const scale = { partsInRow: ROW_PARTS, pagesForPart: PAGES_FOR_PART };
    const { rows, setPages } = await mapBlock(snapshot, block, scale);
    texts.push({ x: MARGIN, y, scale: 2, colour: Colour.text, text: captionOf(block, setPages) });
    y += HEADING_HEIGHT;
    for (const { byteOffset, shares } of rows) {
      const text = `0x${byteOffset.toString(16)}`;
      texts.push({ x: MARGIN, y: y + 4, scale: 1, colour: Colour.label, text });
      rectangles.push(...rowOf(shares, y));
      y += ROW_HEIGHT + ROW_GAP;
    }
    y += BLOCK_GAP;
  }
  const left = snapshot.ramBlocks.length - MAX_BLOCKS;
  if (left > 0) {
    texts.push({ x: MARGIN, y, scale: 2, colour: Colour.label, text: `and ${left} more blocks` });
    y += HEADING_HEIGHT;
  }
  legend(y, rectangles, texts);
  return {
    title,
    width: 2 * MARGIN + GUTTER + ROW_PARTS,
    height: y + LEGEND_HEIGHT + MARGIN,
    rectangles,
    texts,
  };
}

/** A row of a strip; neighbours of one colour are one rectangle. */
function rowOf(shares: Float64Array, y: number): PictureRectangle[] {
  const row: PictureRectangle[] = [];
  const startOf = (part: number) => MARGIN + GUTTER + Math.floor((part * ROW_PARTS) / shares.length);
  for (let part = 0; part < shares.length; ) {
    const colour = colourOf(shares[part] ?? 0);
    let end = part + 1;
    while (end < shares.length && colourOf(shares[end] ?? 0) === colour) end++;
    row.push({ x: startOf(part), y, width: startOf(end) - startOf(part), height: ROW_HEIGHT, colour });
    part = end;
  }
  return row;
}

/** A part without a set page has a colour of its own, and so has one in which all are set. */
function colourOf(share: number): number {
  if (share === 0) return Colour.empty;
  return Colour.empty + 1 + Math.floor(share * (Colour.full - Colour.empty - 1));
}

function legend(y: number, rectangles: PictureRectangle[], texts: PictureText[]): void {
  const text = { y: y + 4, scale: 1, colour: Colour.label } as const;
  let x = MARGIN + GUTTER;
  texts.push({ ...text, x: MARGIN, text: 'pages set' }, { ...text, x, text: 'none' });
  x += 30;
  for (let colour: number = Colour.empty; colour <= Colour.full; colour++) {
    rectangles.push({ x, y, width: 24, height: ROW_HEIGHT, colour });
    x += 24;
  }
  texts.push({ ...text, x: x + 6, text: 'all' });
}
