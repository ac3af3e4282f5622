import { crc32, deflateSync } from 'node:zlib';
import { type Picture, palette } from './picture.js';
import { drawGlyph, GLYPH_WIDTH } from './pixel-font.js';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const BITS_PER_PIXEL = 8;
const COLOUR_TYPE_PALETTE = 3;

/** Writes a picture as PNG, with a palette of a byte a pixel. */
export function toPng(picture: Picture): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(picture.width, 0);
  header.writeUInt32BE(picture.height, 4);
  header[8] = BITS_PER_PIXEL;
  header[9] = COLOUR_TYPE_PALETTE;
  const colours = Buffer.from(palette.map((colour) => colour.slice(1)).join(''), 'hex');
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(scanlines(picture))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Length, type, data, and a checksum of type and data. */
function chunk(type: string, data: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length, 0);
  head.write(type, 4, 'latin1');
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(data, crc32(head.subarray(4))), 0);
  return Buffer.concat([head, data, checksum]);
}

/** The rows of pixels, each with the byte in front that says that it is not filtered. */
function scanlines({ width, height, rectangles, texts }: Picture): Uint8Array {
  const bytes = new Uint8Array((width + 1) * height);
  const fill = (x: number, y: number, length: number, colour: number) => {
    if (y >= height || x >= width) return;
    const start = y * (width + 1) + 1 + x;
    bytes.fill(colour, start, start + Math.min(length, width - x));
  };
  for (const rectangle of rectangles) {
    for (let row = 0; row < rectangle.height; row++) {
      fill(rectangle.x, rectangle.y + row, rectangle.width, rectangle.colour);
    }
  }
  for (const { x, y, scale, colour, text } of texts) {
    for (const [index, character] of [...text].entries()) {
      const left = x + index * (GLYPH_WIDTH + 1) * scale;
      drawGlyph(character, (column, row) => {
        for (let line = 0; line < scale; line++)
          fill(left + column * scale, y + row * scale + line, scale, colour);
      });
    }
  }
  return bytes;
}
