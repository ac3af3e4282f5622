import { type Picture, type PictureRectangle, type PictureText, palette } from './picture.js';

/** Of a monospaced font, at the scales of a picture's texts. */
const FONT_SIZES = { 1: 10, 2: 15 } as const;
const BASELINES = { 1: 8, 2: 13 } as const;

/** Writes a picture as SVG. Ends with a newline. */
export function toSvg({ title, width, height, rectangles, texts }: Picture): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="monospace">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${palette[0]}"/>`,
    ...rectangles.map(rectangleElement),
    ...texts.map(textElement),
    '</svg>\n',
  ].join('\n');
}

function rectangleElement({ x, y, width, height, colour }: PictureRectangle): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${palette[colour]}"/>`;
}

function textElement({ x, y, scale, colour, text }: PictureText): string {
  const place = `x="${x}" y="${y + BASELINES[scale]}" font-size="${FONT_SIZES[scale]}"`;
  return `<text ${place} fill="${palette[colour]}">${escapeText(text)}</text>`;
}

/** Text as XML can hold it: control characters and halves of characters are none of its. */
function escapeText(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}');
}
