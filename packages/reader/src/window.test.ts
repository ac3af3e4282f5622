import { expect, it, vi } from 'vitest';
import { countingSource } from './sources/counting-source.js';
import { memorySource } from './sources/memory-source.js';
import { SourceWindow } from './window.js';

const bytes = Uint8Array.from({ length: 600_000 }, (_, index) => index);
const open = (content = bytes) => {
  const source = countingSource(memorySource(content));
  return { source, window: new SourceWindow(source) };
};

it('parses many elements from one read', async () => {
  const { source, window } = open();
  expect(await window.parse(3, (io) => io.readU1())).toEqual({ value: 3, endOffset: 4 });
  expect(await window.parse(4, (io) => io.readU2be())).toEqual({ value: 0x0405, endOffset: 6 });
  expect(await window.byteAt(100)).toBe(100);
  expect(source.spans).toEqual([{ byteOffset: 3, byteLength: 4096 }]);
});

it('reads more and parses again where an element reaches past what is held', async () => {
  const { source, window } = open();
  const parse = vi.fn((io: { readBytes(lengthBytes: number): Uint8Array }) => io.readBytes(20_000).length);
  expect(await window.parse(10, parse)).toEqual({ value: 20_000, endOffset: 20_010 });
  expect(parse).toHaveBeenCalledTimes(4);
  expect(source.spans.map(({ byteLength }) => byteLength)).toEqual([4096, 8192, 16_384, 32_768]);
});

it('reads no further ahead than it is told', async () => {
  const { source, window } = open();
  window.readAheadBytes = 16;
  await window.byteAt(1000);
  expect(source.spans).toEqual([{ byteOffset: 1000, byteLength: 16 }]);
});

it('reports the end of the file with its place', async () => {
  const { window } = open(bytes.subarray(0, 100));
  await expect(window.parse(97, (io) => io.readU4be())).rejects.toMatchObject({
    code: 'unexpected-end',
    byteOffset: 97,
  });
  await expect(window.parse(500, (io) => io.readU1())).rejects.toMatchObject({ byteOffset: 500 });
  expect(await window.byteAt(100)).toBeUndefined();
  expect(await window.bytes(98, 10)).toHaveLength(2);
});

it('does not grow without end for one element', async () => {
  const { source, window } = open();
  await expect(window.parse(0, (io) => io.readBytes(500_000))).rejects.toMatchObject({
    code: 'limit-exceeded',
    byteOffset: 0,
  });
  expect(source.bytesRead).toBeLessThan(1024 * 1024);
});

it('notices a source that became shorter', async () => {
  const window = new SourceWindow({ ...memorySource(bytes), sizeBytes: bytes.length + 1 });
  await expect(window.byteAt(bytes.length)).rejects.toMatchObject({ code: 'short-read' });
});
