import { MappedRamError } from '@mapped-ram/format';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../byte-source.js';
import { blobSource } from './blob-source.js';
import { countingSource } from './counting-source.js';
import { memorySource } from './memory-source.js';

const bytes = Uint8Array.from([1, 2, 3, 4, 5]);

async function read(source: ByteSource, lengthBytes: number, byteOffset: number) {
  const target = new Uint8Array(lengthBytes).fill(0xff);
  return { count: await source.read(target, byteOffset), target: [...target] };
}

describe.each([
  ['memory', () => memorySource(bytes, 'mine')],
  ['blob', () => blobSource(new Blob([bytes]), 'mine')],
  ['counting', () => countingSource(memorySource(bytes, 'mine'))],
] as const)('a %s source', (_, make) => {
  it('knows its name and size', () => {
    expect(make()).toMatchObject({ name: 'mine', sizeBytes: 5 });
  });

  it('reads at an offset, and less only at its end', async () => {
    expect(await read(make(), 2, 1)).toEqual({ count: 2, target: [2, 3] });
    expect(await read(make(), 3, 4)).toEqual({ count: 1, target: [5, 0xff, 0xff] });
    expect(await read(make(), 1, 5)).toEqual({ count: 0, target: [0xff] });
    expect(await read(make(), 1, 2 ** 52)).toEqual({ count: 0, target: [0xff] });
  });
});

describe('blobSource', () => {
  it('takes the name of a File', () => {
    expect(blobSource(new File([bytes], 'vm.mr')).name).toBe('vm.mr');
  });

  it('reports a failed read as read-failed', async () => {
    const gone = { size: 5, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }) };
    const error = await blobSource(gone)
      .read(new Uint8Array(1), 3)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MappedRamError);
    expect(error).toMatchObject({ code: 'read-failed', byteOffset: 3 });
  });
});

describe('countingSource', () => {
  it('counts reads and bytes, and remembers where', async () => {
    const source = countingSource(memorySource(bytes));
    await read(source, 2, 0);
    await read(source, 9, 3);
    expect(source).toMatchObject({ reads: 2, bytesRead: 4 });
    expect(source.spans).toEqual([
      { byteOffset: 0, byteLength: 2 },
      { byteOffset: 3, byteLength: 2 },
    ]);
    expect(source.touched(2, 1)).toBe(false);
    expect(source.touched(2, 2)).toBe(true);
    expect(source.touched(0, 0)).toBe(false);
  });
});
