import { checkOptions } from '@mapped-ram/format';
import { type ByteSource, guardSource } from '@mapped-ram/reader';
import { workChecks } from '../option-checks.js';
import { type HashOptions, hashSource } from './hash-source.js';
import { VerityTree } from './verity.js';

/** A digest as `fsverity digest` prints it. */
export function digestText(digest: Uint8Array): string {
  return `sha256:${Buffer.from(digest).toString('hex')}`;
}

/**
 * The fs-verity digest of a file: SHA-256, blocks of 4 KiB, no salt.
 *
 * @returns 32 bytes.
 * @throws MappedRamError `read-failed`; the signal's reason.
 * @public
 */
export async function digestSource(file: ByteSource, options: HashOptions = {}): Promise<Uint8Array> {
  checkOptions(options, workChecks);
  const source = guardSource(file, options.signal);
  const tree = new VerityTree();
  const visitor = {
    block: (_index: number, hash: Uint8Array) => tree.push(hash),
    zeros: (_index: number, count: number) => tree.pushZeros(count),
  };
  await hashSource(source, visitor, options);
  return tree.digest(source.sizeBytes);
}
