import { loadCapture } from '@mapped-ram/fixtures';
import { describe, expect, it } from 'vitest';
import { readClassicStream } from './classic/read-classic-stream.js';
import type { RamBlock } from './model.js';
import { openSnapshot } from './snapshot.js';

/** Nothing that any option may be. */
const nonsense: readonly unknown[] = [null, Number.NaN, 7n, Symbol('seven'), '', 'seven', [], () => 7, {}];
const wrongNumbers: readonly unknown[] = [...nonsense, -1, 0.5, Number.POSITIVE_INFINITY, 2 ** 53, true];
const wrongFlags: readonly unknown[] = [...nonsense, 0, 1];
const misuse = (error: unknown) => error instanceof TypeError || error instanceof RangeError;

const options: readonly (readonly [string, readonly unknown[]])[] = [
  ['streamOffset', wrongNumbers],
  ['wordOrder', [...nonsense, 0, 'LE', true]],
  ['tolerant', wrongFlags],
  ['signal', [...wrongFlags, new EventTarget()]],
];

describe.each(options)('the option %s', (name, values) => {
  it.each(values.map((value) => [value]))('of %o is refused', async (value) => {
    const image = await loadCapture('qemu-10.0/none');
    const opening = openSnapshot(image, { tolerant: true, [name]: value } as never);
    expect(await opening.catch((error: unknown) => error)).toSatisfy(misuse);
    if (name !== 'streamOffset' && name !== 'signal') return;
    const reading = readClassicStream(image, {} as never, { [name]: value } as never);
    expect(await reading.catch((error: unknown) => error)).toSatisfy(misuse);
  });
});

describe.each([
  ['firstPage', wrongNumbers],
  ['pageCount', wrongNumbers],
  ['chunkBytes', [...wrongNumbers, 0]],
  ['clear', wrongFlags],
  ['withoutHoles', wrongFlags],
] as const)('the option %s of pages', (name, values) => {
  it.each(values.map((value) => [value]))('of %o is refused', async (value) => {
    const snapshot = await openSnapshot(await loadCapture('qemu-10.0/none'));
    const [block] = snapshot.ramBlocks as [RamBlock];
    expect(() => snapshot.pages(block, { [name]: value } as never)).toSatisfy(throwsMisuse);
    if (name !== 'chunkBytes') {
      expect(() => snapshot.runs(block, { [name]: value } as never)).toSatisfy(throwsMisuse);
    }
    if (name === 'chunkBytes' || name === 'clear') return;
    const chunks = snapshot.readBitmap(block, { [name]: value } as never);
    expect(await chunks.next().catch((error: unknown) => error)).toSatisfy(misuse);
  });
});

it.each([null, 7, 'all'])('options that are %o are refused', async (value) => {
  const image = await loadCapture('qemu-10.0/none');
  await expect(openSnapshot(image, value as never)).rejects.toThrow(TypeError);
});

it.each([undefined, null, 0, 'ram', {}])('a block that is %o is refused', async (value) => {
  const snapshot = await openSnapshot(await loadCapture('qemu-10.0/none'));
  const block = value as never;
  const reading = snapshot.readPages(block, 0, new Uint8Array(4096));
  expect(await reading.catch((error: unknown) => error)).toSatisfy(misuse);
  expect(() => snapshot.pages(block)).toSatisfy(throwsMisuse);
  expect(await snapshot.countSetPages(block).catch((error: unknown) => error)).toSatisfy(misuse);
});

function throwsMisuse(call: () => unknown): boolean {
  try {
    call();
  } catch (error) {
    return misuse(error);
  }
  return false;
}
