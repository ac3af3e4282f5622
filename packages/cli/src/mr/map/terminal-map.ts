import { mapBlock } from '@mapped-ram/inspect';
import type { Snapshot } from '@mapped-ram/reader';
import { formatOffset } from '../../shared/quantities.js';
import type { TextStyle } from '../paint.js';
import { blockCaption } from './block-caption.js';

/** From no page set to all: what a character of a strip can look like. */
const SHADES = { unicode: '·░▒▓█', ascii: '.:+*#' } as const;

/** A character shows so many pages before there is another row. */
const PAGES_FOR_CHARACTER = 64;

/** How to draw the map. */
export interface TerminalMapStyle extends TextStyle {
  readonly shades: keyof typeof SHADES;
}

/**
 * Draws each block as a strip of characters, in several rows where it is large, each with its offset in front.
 *
 * @throws MappedRamError as `mapBlock` does.
 */
export async function terminalMap(
  snapshot: Snapshot,
  { paint, columns, shades }: TerminalMapStyle,
): Promise<string> {
  const lines: string[] = [];
  const longest = Math.max(...snapshot.ramBlocks.map(({ usedLength }) => usedLength));
  const gutter = formatOffset(longest).length;
  const width = columns - gutter - 3;
  for (const block of snapshot.ramBlocks) {
    const scale = { partsInRow: width, pagesForPart: PAGES_FOR_CHARACTER };
    const { rows, setPages } = await mapBlock(snapshot, block, scale);
    lines.push(paint('heading', blockCaption(block, setPages)));
    for (const { byteOffset, shares } of rows) {
      const strip = stretch(shares, width).map((share) => shadeOf(share, SHADES[shades]));
      lines.push(`${paint('label', formatOffset(byteOffset).padStart(gutter))} |${strip.join('')}|`);
    }
    lines.push('');
  }
  const [none, ...others] = SHADES[shades];
  lines.push(
    paint('label', `no page set ${none}  some ${others.slice(0, -1).join('')}  all ${others.at(-1)}`),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** A block with fewer pages than there are characters has several characters a page. */
function stretch(shares: Float64Array, width: number): number[] {
  return Array.from({ length: shares.length === 0 ? 0 : width }, (_, cell) => {
    return shares[Math.floor((cell * shares.length) / width)] ?? 0;
  });
}

/** No page and all pages have a shade of their own. */
function shadeOf(share: number, shades: string): string {
  if (share === 0) return shades.charAt(0);
  return shades.charAt(1 + Math.floor(share * (shades.length - 2)));
}
