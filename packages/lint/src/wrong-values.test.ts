import { loadCapture } from '@mapped-ram/fixtures';
import type { ByteSource } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { lintSource } from './lint.js';
import type { LintOptions } from './options.js';

/** Nothing that any option may be. */
const nonsense: readonly unknown[] = [null, Number.NaN, 7n, Symbol('seven'), '', 'seven', () => 7];
const wrong: Record<keyof LintOptions, readonly unknown[]> = {
  qemu: [...nonsense, 10, 10.1, '10', '12.0', '10.0.', '10.0.13.1', '10.0-rc1', 'v10.0', [], {}, '8.2.0'],
  multifd: [...nonsense, 0, 1, {}],
  mappedRam: [...nonsense, 0, 1, {}],
  deep: [...nonsense, 0, 1, {}],
  scanner: [...nonsense, {}, { scan: 7 }],
  probeBytes: [...nonsense, -1, 0.5, Number.POSITIVE_INFINITY, {}],
  streamOffset: [...nonsense, -1, 0.5, Number.POSITIVE_INFINITY, 2 ** 53, {}],
  wordOrder: [...nonsense, 'LE', 0],
  rules: [...nonsense, { 'no-such-rule': 'off' }, { 'stale-pages': 'loud' }, { 'stale-pages': 7 }],
  signal: [...nonsense, {}, new EventTarget()],
  onProgress: [null, 7, 'seven', {}],
  onScanned: [null, 7, 'seven', {}],
  seal: [null, 7, 'seven', {}],
};

it.each(Object.entries(wrong).flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
  'the option %s of %o is refused, and is no verdict',
  async (name, value) => {
    const linting = lintSource(await loadCapture('qemu-10.0/none'), { [name]: value } as never);
    const error = await linting.then(
      ({ verdict }) => verdict,
      (reason: unknown) => reason,
    );
    expect(error).toSatisfy((one) => one instanceof TypeError || one instanceof RangeError);
  },
);

it.each(['guest.mr', undefined, null, 7, {}, { sizeBytes: Number.NaN }])(
  '%o is no source',
  async (source) => {
    await expect(lintSource(source as never)).rejects.toThrow(TypeError);
  },
);

it.each(['10.0', '10.0.13', '11.1.0', '11.1.50'] as const)('QEMU %s is known', async (qemu) => {
  expect((await lintSource(await loadCapture('qemu-10.0/none'), { qemu })).verdict).toBe('restores');
});

it('names the releases that are known', async () => {
  const linting = lintSource(await loadCapture('qemu-10.0/none'), { qemu: '12.0' as never });
  await expect(linting).rejects.toThrow(/9\.0, 9\.1, .*11\.1.*got "12\.0"/);
});

it('a deep run whose source hangs in the pages ends with the signal', async () => {
  const image = await loadCapture('qemu-10.0/none');
  const controller = new AbortController();
  let reads = 0;
  const quick: ByteSource = {
    name: 'mine',
    sizeBytes: image.sizeBytes,
    read: (target, byteOffset) => {
      reads++;
      return image.read(target, byteOffset);
    },
    close: async () => {},
  };
  await lintSource(quick);
  let left = reads;
  const hanging: ByteSource = {
    ...quick,
    read: (target, byteOffset) => (left-- > 0 ? image.read(target, byteOffset) : new Promise(() => {})),
  };
  const linting = lintSource(hanging, { deep: true, signal: controller.signal });
  await expect.poll(() => left).toBeLessThan(0);
  controller.abort(new Error('enough'));
  await expect(linting).rejects.toThrow('enough');
});
