import type { ByteSource } from '@mapped-ram/reader';
import { type HashOptions, hashSource } from './hash-source.js';
import { encodeSealRecord, MAX_RECORD_HASHES } from './seal.js';
import { HASH_BYTES, VERITY_BLOCK_BYTES, VerityTree } from './verity.js';

/**
 * Hashes a file and writes the records of its seal.
 *
 * @returns The digest.
 * @throws MappedRamError `read-failed`; what the writer throws; the signal's reason.
 */
export async function writeSealRecords(
  source: ByteSource,
  append: (bytes: Uint8Array) => Promise<void>,
  options: HashOptions = {},
): Promise<Uint8Array> {
  const tree = new VerityTree();
  const hashes = Buffer.alloc(MAX_RECORD_HASHES * HASH_BYTES);
  const ready: Uint8Array[] = [];
  let firstBlock = 0;
  let count = 0;
  const endRecord = () => {
    if (count === 0) return;
    ready.push(encodeSealRecord({ firstBlock, hashes: hashes.subarray(0, count * HASH_BYTES) }));
    count = 0;
  };
  await hashSource(
    source,
    {
      block(index, hash) {
        tree.push(hash);
        if (count === 0) firstBlock = index;
        hashes.set(hash, count * HASH_BYTES);
        count++;
        if (count === MAX_RECORD_HASHES) endRecord();
      },
      zeros(_index, zeroCount) {
        endRecord();
        tree.pushZeros(zeroCount);
      },
      async settle() {
        if (ready.length > 0) await append(Buffer.concat(ready.splice(0)));
      },
    },
    options,
  );
  endRecord();
  const end = encodeSealRecord({
    firstBlock: Math.ceil(source.sizeBytes / VERITY_BLOCK_BYTES),
    hashes: new Uint8Array(),
  });
  await append(Buffer.concat([...ready, end]));
  return tree.digest(source.sizeBytes);
}
