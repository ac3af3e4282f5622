import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { zlibSync } from 'fflate';
import { type Picture, palette } from './picture.js';
import { drawGlyph, GLYPH_WIDTH } from './pixel-font.js';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const BITS_PER_PIXEL = 8;
const COLOUR_TYPE_PALETTE = 3;

/** Writes a picture as PNG, with a palette of a byte a pixel. */
export function toPng(picture: Picture): Uint8Array {
  const header = new Uint8Array(13);
  const fields = new DataView(header.buffer);
  fields.setUint32(0, picture.width);
  fields.setUint32(4, picture.height);
  header[8] = BITS_PER_PIXEL;
  header[9] = COLOUR_TYPE_PALETTE;
  return concatBytes(
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', hexToBytes(palette.map((colour) => colour.slice(1)).join(''))),
    chunk('IDAT', zlibSync(scanlines(picture))),
    chunk('IEND', new Uint8Array(0)),
  );
}

/** Length, type, data, and a checksum of type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const summed = concatBytes(utf8ToBytes(type), data);
  return concatBytes(bigEndian(data.length), summed, bigEndian(crc32(summed)));
}

function bigEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

const CRC_POLYNOMIAL = 0xedb88320;

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ ((rest & 1) * CRC_POLYNOMIAL);
  return rest;
});

/** The checksum of PNG (ISO/IEC 15948, 5.5). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
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
