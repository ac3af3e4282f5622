import { crc32, inflateSync } from 'node:zlib';
import { loadCapture } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { Colour, drawMap, type Picture, palette } from './picture.js';
import { toPng } from './png.js';
import { toSvg } from './svg.js';

const sample: Picture = {
  title: 'a <b> & \u001b[31m\ud800',
  width: 20,
  height: 10,
  rectangles: [{ x: 1, y: 2, width: 3, height: 4, colour: Colour.full }],
  texts: [{ x: 10, y: 1, scale: 1, colour: Colour.text, text: '<T&' }],
};

/** The chunks of a PNG, with their checksums checked. */
function chunksOf(png: Uint8Array): Map<string, Buffer> {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const typed = bytes.subarray(at + 4, at + 8 + length);
    expect(bytes.readUInt32BE(at + 8 + length)).toBe(crc32(typed));
    chunks.set(typed.toString('latin1', 0, 4), typed.subarray(4));
    at += 12 + length;
  }
  return chunks;
}

it('as PNG has every pixel where it belongs', () => {
  const chunks = chunksOf(toPng(sample));
  expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
  expect(chunks.get('IHDR')?.toString('hex')).toBe('000000140000000a0803000000');
  expect(chunks.get('PLTE')?.length).toBe(palette.length * 3);
  const rows = inflateSync(chunks.get('IDAT') ?? '');
  expect(rows.length).toBe(21 * 10);
  const pixel = (x: number, y: number) => rows[y * 21 + 1 + x];
  expect([pixel(0, 2), pixel(1, 2), pixel(3, 5), pixel(4, 5), pixel(1, 6)]).toEqual([
    ...[Colour.background, Colour.full, Colour.full, Colour.background, Colour.background],
  ]);
  // The bar of the T; the third character lies outside of the picture.
  expect(Array.from({ length: 5 }, (_, x) => pixel(16 + x, 1)).slice(0, 4)).toEqual(
    Array(4).fill(Colour.text),
  );
});

it('as SVG has nothing that would end its markup', () => {
  const svg = toSvg(sample);
  expect(svg).toContain('<title>a &lt;b&gt; &amp; \u{fffd}[31m\u{fffd}</title>');
  expect(svg).toContain('>&lt;T&amp;</text>');
  expect(svg).toContain(`<rect x="1" y="2" width="3" height="4" fill="${palette[Colour.full]}"/>`);
});

it('has a strip for every block, with the colours of no page and of all', async () => {
  const snapshot = await openSnapshot(await loadCapture('qemu-10.0/q35-devices'));
  const picture = await drawMap(snapshot, 'map', ({ idstr }, setPages) => `${idstr} ${setPages}`);
  for (const block of snapshot.ramBlocks) {
    const caption = `${block.idstr} ${await snapshot.countSetPages(block)}`;
    expect(picture.texts.map(({ text }) => text)).toContain(caption);
  }
  const strips = picture.rectangles.filter(({ y }) => y < picture.height - 60);
  expect(new Set(strips.map(({ y }) => y)).size).toBe(snapshot.ramBlocks.length);
  for (const y of new Set(strips.map((strip) => strip.y))) {
    expect(strips.filter((strip) => strip.y === y).reduce((sum, { width }) => sum + width, 0)).toBe(960);
  }
  expect(new Set(strips.map(({ colour }) => colour))).toContain(Colour.full);
});
