import type { ByteSource } from '@mapped-ram/reader';
import { type HashOptions, hashPieces } from './hash-source.js';
import { type ChangedPlace, PlaceNamer } from './place-namer.js';
import type { OpenSeal } from './seal.js';
import { SealedHashes } from './sealed-hashes.js';
import { VERITY_BLOCK_BYTES } from './verity.js';

/** What came of holding a file against its seal. */
export interface SealComparisonReport {
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
}

/** How to compare. */
export interface SealComparisonOptions {
  /** Changes that are named, at most; 100 if not given. */
  readonly maxChanges?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_MAX_CHANGES = 100;

/** A block and its hash, or blocks of zeros. */
interface Hashed {
  readonly index: number;
  readonly count: number;
  readonly hash?: Uint8Array;
}

/** Holds a file against its seal, from its beginning to its end, as far as it is asked to. */
export class SealComparison {
  readonly #source: ByteSource;
  readonly #seal: OpenSeal;
  readonly #hashes: SealedHashes;
  readonly #maxChanges: number;
  readonly #pieces: AsyncGenerator<number, void, undefined>;
  readonly #changed: number[] = [];
  #changedBlocks = 0;
  #batch: Hashed[] = [];
  #position = 0;
  /** The last one who asked; all wait for those before them. */
  #turn: Promise<void> = Promise.resolve();

  /** @param source What the seal is of; it belongs to the caller. */
  constructor(
    source: ByteSource,
    seal: OpenSeal,
    { maxChanges = DEFAULT_MAX_CHANGES, signal }: SealComparisonOptions = {},
  ) {
    this.#source = source;
    this.#seal = seal;
    this.#maxChanges = maxChanges;
    this.#hashes = new SealedHashes(seal);
    const visitor = {
      block: (index: number, hash: Uint8Array) => void this.#batch.push({ index, count: 1, hash }),
      zeros: (index: number, count: number) => void this.#batch.push({ index, count }),
      settle: () => this.#settle(),
    };
    this.#pieces = hashPieces(source, visitor, signal);
  }

  /**
   * Goes on until everything before an offset was compared.
   *
   * @throws MappedRamError `read-failed`, `bad-seal`, `bad-packed-file`; the signal's reason.
   */
  advance(toOffset: number): Promise<void> {
    this.#turn = this.#turn.then(() => this.#advance(toOffset));
    return this.#turn;
  }

  /**
   * Compares what is left.
   *
   * @throws As {@link advance} does; `bad-seal` where the hashes are not those of the digest.
   */
  async finish(onProgress?: HashOptions['onProgress']): Promise<SealComparisonReport> {
    await this.#turn;
    const { sizeBytes } = this.#source;
    for await (const doneBytes of this.#pieces) onProgress?.({ doneBytes, totalBytes: sizeBytes });
    await this.#hashes.finish();
    const { digest, sizeBytes: sealedSizeBytes } = this.#seal;
    const isSame = this.#changedBlocks === 0 && sizeBytes === sealedSizeBytes;
    const namer = isSame ? undefined : await PlaceNamer.open(this.#source);
    const changes = this.#changed.flatMap((block) => namer?.nameBlock(block) ?? []);
    return { isSame, digest, sizeBytes, sealedSizeBytes, changedBlocks: this.#changedBlocks, changes };
  }

  async #advance(toOffset: number): Promise<void> {
    while (this.#position < toOffset) {
      const step = await this.#pieces.next();
      if (step.done === true) return;
      this.#position = step.value;
    }
  }

  async #settle(): Promise<void> {
    const ready = this.#batch;
    this.#batch = [];
    for (const { index, count, hash } of ready) {
      if (hash === undefined) {
        for (const other of await this.#hashes.nonZeroIn(index, index + count)) this.#note(other);
      } else if (!(await this.#hashes.isAt(index, hash))) this.#note(index);
    }
  }

  #note(index: number): void {
    // What was added behind shows in the length.
    if (index >= Math.ceil(this.#seal.sizeBytes / VERITY_BLOCK_BYTES)) return;
    this.#changedBlocks++;
    if (this.#changed.length < this.#maxChanges) this.#changed.push(index);
  }
}
