import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { allOrFew, allOrOneIn, loadCapture } from '@mapped-ram/fixtures';
import { MappedRamError } from '@mapped-ram/format';
import { type ByteSource, countingSource, extentsOf } from '@mapped-ram/reader';
import { memoryTarget, type SnapshotTarget } from '@mapped-ram/writer';
import { createFileTarget } from '@mapped-ram/writer/file';
import { describe, expect, it } from 'vitest';
import { convertSnapshot } from './convert/convert-snapshot.js';
import { copySnapshot } from './copy-snapshot.js';
import { relocateSnapshot } from './relocate-snapshot.js';
import { repairSnapshot } from './repair/repair-snapshot.js';
import { scrubToCopy } from './scrub-to-copy.js';
import { useScratch } from './testing/scratch.js';

type Operation = (source: ByteSource, target: SnapshotTarget) => Promise<unknown>;

const OPERATIONS: readonly (readonly [name: string, id: string, operation: Operation])[] = [
  ['copy', 'qemu-10.0/pc', (source, target) => copySnapshot(source, target)],
  ['scrub', 'qemu-10.0/live', (source, target) => scrubToCopy(source, target)],
  ['relocate', 'qemu-10.0/pc', (source, target) => relocateSnapshot(source, target, 0x1000)],
  ['convert to a stream', 'qemu-10.0/pc', (source, target) => convertSnapshot(source, target, 'stream')],
  [
    'convert to mapped-ram',
    'libvirt-11.3/save-raw',
    (source, target) => convertSnapshot(source, target, 'mapped-ram'),
  ],
  ['repair', 'qemu-10.0/background-snapshot', (source, target) => repairSnapshot(source, target)],
];

const scratch = useScratch();

/** So many reads of an operation fail, one after the other. */
const [FAILURES = 0] = allOrFew([40], [4]);

/** A source in which a read fails, as of a disk that goes bad. */
function failingSource(source: ByteSource, failsAtRead: number): ByteSource {
  let reads = 0;
  return {
    name: source.name,
    sizeBytes: source.sizeBytes,
    dataExtents: (from, to) => extentsOf(source, from, to),
    read: async (target, byteOffset) => {
      if (++reads >= failsAtRead) throw new MappedRamError('read-failed', { byteOffset });
      return source.read(target, byteOffset);
    },
    close: async () => {},
  };
}

describe.each(allOrOneIn(3, OPERATIONS))('%s', (_name, id, operation) => {
  it('leaves nothing wherever reading fails', async () => {
    const image = await loadCapture(id);
    const counted = countingSource(image);
    await operation(counted, memoryTarget());
    const output = scratch.path('never');
    for (let read = 1; read <= counted.reads; read += 1 + Math.floor(counted.reads / FAILURES)) {
      const target = await createFileTarget(output);
      await expect(operation(failingSource(image, read), target)).rejects.toMatchObject({
        code: 'read-failed',
      });
      await target.abort();
      expect(existsSync(output)).toBe(false);
    }
    expect(readdirSync(dirname(output))).toEqual([]);
  });
});
