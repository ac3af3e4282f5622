import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { findSeal, openSealable, sealPath } from './find-seal.js';
import { type HashOptions, hashSource } from './hash-source.js';
import { type ChangedPlace, PlaceNamer } from './place-namer.js';
import type { OpenSeal, SealRecord } from './seal.js';
import { verifySignature } from './ssh-signature.js';
import { HASH_BYTES, VERITY_BLOCK_BYTES, VerityTree } from './verity.js';

/** How to verify. */
export interface VerifyOptions extends HashOptions {
  /** Where the seal of a plain file is; beside it if not given. */
  readonly sealPath?: string | undefined;
  /** Path of a file of allowed signers, or of one public key: the seal has to be signed by one of them. */
  readonly verifyWith?: string | undefined;
  /** Changes that are named, at most; 100 if not given. */
  readonly maxChanges?: number | undefined;
}

/** What verifying found. */
export interface VerifyReport {
  /** Whether every bit is as it was sealed. */
  readonly isSame: boolean;
  /** fs-verity's, of the file as it was sealed. */
  readonly digest: Uint8Array;
  /** Of the file now and when it was sealed. */
  readonly sizeBytes: number;
  readonly sealedSizeBytes: number;
  /** Blocks of 4 KiB that changed, where both have them. */
  readonly changedBlocks: number;
  /** The first of them. */
  readonly changes: readonly ChangedPlace[];
  /** Whose signature the seal has, where that was asked. */
  readonly signer?: string | undefined;
}

const DEFAULT_MAX_CHANGES = 100;

/**
 * Holds a file against its seal. The whole file is read.
 *
 * @throws MappedRamError `no-seal`, `bad-seal`, `signature-failed`, `read-failed`, `bad-packed-file`; the signal's reason.
 */
export async function verifyFile(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { sealPath: besidePath = sealPath(path), verifyWith } = options;
  const opened = await openSealable(path);
  try {
    const found = await findSeal(opened, besidePath);
    if (found === undefined) {
      throw new MappedRamError('no-seal', { what: `${path} has no seal; mr seal makes one` });
    }
    try {
      const { seal } = found;
      const signer =
        verifyWith === undefined ? undefined : await verifySignature(seal.digest, seal.signature, verifyWith);
      return { ...(await compare(opened.source, seal, options)), ...(signer !== undefined && { signer }) };
    } finally {
      await found.close();
    }
  } finally {
    await opened.close();
  }
}

async function compare(source: ByteSource, seal: OpenSeal, options: VerifyOptions): Promise<VerifyReport> {
  const { maxChanges = DEFAULT_MAX_CHANGES } = options;
  const hashes = new SealedHashes(seal);
  const changed: number[] = [];
  let changedBlocks = 0;
  const sealedBlocks = Math.ceil(seal.sizeBytes / VERITY_BLOCK_BYTES);
  const note = (index: number) => {
    if (index >= sealedBlocks) return;
    changedBlocks++;
    if (changed.length < maxChanges) changed.push(index);
  };
  let batch: Hashed[] = [];
  await hashSource(
    source,
    {
      block: (index, hash) => batch.push({ index, count: 1, hash }),
      zeros: (index, count) => batch.push({ index, count }),
      async settle() {
        const ready = batch;
        batch = [];
        for (const { index, count, hash } of ready) {
          if (hash === undefined)
            for (const other of await hashes.nonZeroIn(index, index + count)) note(other);
          else if (!(await hashes.isAt(index, hash))) note(index);
        }
      },
    },
    options,
  );
  await hashes.finish();
  const isSame = changedBlocks === 0 && source.sizeBytes === seal.sizeBytes;
  const namer = isSame ? undefined : await PlaceNamer.open(source);
  return {
    isSame,
    digest: seal.digest,
    sizeBytes: source.sizeBytes,
    sealedSizeBytes: seal.sizeBytes,
    changedBlocks,
    changes: changed.flatMap((block) => namer?.nameBlock(block) ?? []),
  };
}

/** A block and its hash, or blocks of zeros. */
interface Hashed {
  readonly index: number;
  readonly count: number;
  readonly hash?: Uint8Array;
}

/** The hashes of a seal, which are read along with the file. */
class SealedHashes {
  readonly #seal: OpenSeal;
  readonly #records: AsyncGenerator<SealRecord, void, undefined>;
  readonly #tree = new VerityTree();
  #record: SealRecord | undefined;
  /** The first block that the tree has not had. */
  #next = 0;

  constructor(seal: OpenSeal) {
    this.#seal = seal;
    this.#records = seal.records();
  }

  /** Whether a block, which is not zero, has this hash. Blocks are asked for in their order. */
  async isAt(index: number, hash: Uint8Array): Promise<boolean> {
    const record = await this.#recordFor(index);
    if (record === undefined || index < record.firstBlock) return false;
    const at = (index - record.firstBlock) * HASH_BYTES;
    return Buffer.compare(record.hashes.subarray(at, at + HASH_BYTES), hash) === 0;
  }

  /** The blocks of a stretch that were not zero. */
  async nonZeroIn(from: number, to: number): Promise<number[]> {
    const found: number[] = [];
    for (let at = from; at < to; ) {
      const record = await this.#recordFor(at);
      if (record === undefined || record.firstBlock >= to) return found;
      const end = Math.min(to, endOf(record));
      for (let index = Math.max(at, record.firstBlock); index < end; index++) found.push(index);
      at = end;
    }
    return found;
  }

  /** @throws MappedRamError `bad-seal` where the hashes are not those of the digest */
  async finish(): Promise<void> {
    const { sizeBytes, digest } = this.#seal;
    const blockCount = Math.ceil(sizeBytes / VERITY_BLOCK_BYTES);
    while ((await this.#recordFor(blockCount)) !== undefined);
    if (blockCount > this.#next) this.#tree.pushZeros(blockCount - this.#next);
    if (Buffer.compare(this.#tree.digest(sizeBytes), digest) === 0) return;
    throw new MappedRamError('bad-seal', { what: 'the hashes in the seal are not those of its digest' });
  }

  /** The record that holds a block, or else the next one. */
  async #recordFor(index: number): Promise<SealRecord | undefined> {
    while (this.#record === undefined || endOf(this.#record) <= index) {
      const step = await this.#records.next();
      if (step.done === true) return undefined;
      this.#record = step.value;
      const { firstBlock, hashes } = step.value;
      this.#tree.pushZeros(firstBlock - this.#next);
      for (let at = 0; at < hashes.length; at += HASH_BYTES)
        this.#tree.push(hashes.subarray(at, at + HASH_BYTES));
      this.#next = endOf(step.value);
    }
    return this.#record;
  }
}

function endOf({ firstBlock, hashes }: SealRecord): number {
  return firstBlock + hashes.length / HASH_BYTES;
}
