import { describe, expect, it } from 'vitest';
import { PageRecords, type RecordsEnd } from './page-records.js';
import { MAX_RECORD_BYTES } from './record-input.js';

const PAGE = 256;
const blocks = [
  { index: 0, idstr: 'ram', usedLength: 16 * PAGE, pageCount: 16 },
  { index: 1, idstr: 'rom', usedLength: 4 * PAGE, pageCount: 4 },
];

const word = (address: number, flags: number) => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(4, address + flags);
  return [...bytes];
};
const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
const page = (index: number, fill: number, block?: string) => [
  ...word(index * PAGE, block === undefined ? 0x28 : 0x08),
  ...(block === undefined ? [] : name(block)),
  ...new Uint8Array(PAGE).fill(fill),
];
const zero = (index: number, block?: string) => [
  ...word(index * PAGE, block === undefined ? 0x22 : 0x02),
  ...(block === undefined ? [] : name(block)),
  0,
];
const EOS = word(0, 0x10);

/** Gives the records to a reader in pieces of a length, as a file does; what it made of them. */
function read(bytes: readonly number[], pieceBytes = bytes.length) {
  const records = new PageRecords(blocks, PAGE);
  const runs: (readonly [block: number, first: number, count: number, fills: string])[] = [];
  const ends: RecordsEnd[] = [];
  let leftOver = new Uint8Array();
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const buffer = new Uint8Array(MAX_RECORD_BYTES + pieceBytes);
    const start = MAX_RECORD_BYTES - leftOver.length;
    buffer.set(leftOver, start);
    const chunk = bytes.slice(at, at + pieceBytes);
    buffer.set(chunk, MAX_RECORD_BYTES);
    const isLast = at + pieceBytes >= bytes.length;
    records.continueWith({
      buffer,
      start,
      end: MAX_RECORD_BYTES + chunk.length,
      byteOffset: at - leftOver.length,
      isLast,
    });
    for (let end: RecordsEnd = 'batch'; end === 'batch'; ) {
      end = records.take();
      ends.push(end);
      for (const { blockIndex, firstPage, pageCount, bytes: pages } of records.takeRuns()) {
        const fills = Array.from({ length: pageCount }, (_, index) => pages?.[index * PAGE] ?? 0);
        runs.push([blockIndex, firstPage, pageCount, fills.join()]);
      }
    }
    leftOver = records.leftOver.slice();
  }
  return { runs, ends, end: records.byteOffset };
}

describe('records', () => {
  it('name their block up to a NUL', () => {
    expect(read([...page(2, 1, 'ram\0 and more'), ...page(3, 2, 'rom\0'), ...EOS]).runs).toEqual([
      [0, 2, 1, '1'],
      [1, 3, 1, '2'],
    ]);
  });

  it('of neighbours become runs, of pages as of zeros', () => {
    const bytes = [
      ...page(2, 1, 'ram'),
      ...page(3, 2),
      ...zero(4),
      ...zero(5),
      ...page(6, 3),
      ...page(8, 4),
      ...EOS,
    ];
    const { runs, ends, end } = read(bytes);
    expect(runs).toEqual([
      [0, 2, 2, '1,2'],
      [0, 4, 2, '0,0'],
      [0, 6, 1, '3'],
      [0, 8, 1, '4'],
    ]);
    expect(ends).toEqual(['eos']);
    expect(end).toBe(bytes.length);
  });

  it('may be torn anywhere', () => {
    const bytes = [...page(0, 1, 'ram'), ...page(1, 2), ...page(1, 5, 'rom'), ...zero(2), ...EOS];
    const pagesOf = (runs: ReturnType<typeof read>['runs']) =>
      runs.flatMap(([block, first, count, fills]) =>
        Array.from({ length: count }, (_, index) => `${block}:${first + index}=${fills.split(',')[index]}`),
      );
    for (const pieceBytes of [1, 7, 100, 263, 264, 265, 300, 500]) {
      expect(pagesOf(read(bytes, pieceBytes).runs)).toEqual(['0:0=1', '0:1=2', '1:1=5', '1:2=0']);
    }
  });

  it('of a page that came before end the batch', () => {
    const { runs, ends } = read([...page(0, 1, 'ram'), ...page(1, 1), ...page(0, 2), ...zero(1), ...EOS]);
    expect(ends).toEqual(['batch', 'eos']);
    expect(runs).toEqual([
      [0, 0, 2, '1,1'],
      [0, 0, 1, '2'],
      [0, 1, 1, '0'],
    ]);
  });

  it('of a block that came before end it too', () => {
    const bytes = [...page(0, 1, 'ram'), ...page(0, 2, 'rom'), ...page(0, 3, 'ram'), ...EOS];
    expect(read(bytes).ends).toEqual(['batch', 'eos']);
  });

  it('stop before a block table', () => {
    expect(read([...page(0, 1, 'ram'), ...word(0x1000, 0x04)])).toMatchObject({
      ends: ['mem-size'],
      end: 8 + 4 + PAGE,
    });
  });
});

it.each([
  ['a page of no block', page(0, 1), 'unexpected-value'],
  ['a page of an unknown block', page(0, 1, 'vram'), 'unexpected-value'],
  ['a page behind the end', page(16, 1, 'ram'), 'unexpected-value'],
  ['a zero page of ones', [...word(0, 0x02), ...name('ram'), 1], 'unexpected-value'],
  ['xbzrle', word(0, 0x40), 'forbidden-ram-flag'],
  ['RDMA', word(0, 0x80), 'forbidden-ram-flag'],
  ['nothing', word(0, 0), 'unknown-ram-flags'],
  ['a page that is cut', page(0, 1, 'ram').slice(0, 200), 'unexpected-end'],
  ['a missing end', page(0, 1, 'ram'), 'unexpected-end'],
])('%s is refused', (_what, bytes, code) => {
  expect(() => read(bytes)).toThrow(expect.objectContaining({ code }));
});
