import { MappedRamError, type MappedRamErrorCode } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { frameSource } from '../lead/frame-source.js';
import { extentsFrom } from '../lead/lead.js';
import type { PackedSource } from '../packed-source.js';
import { isPackedSource } from '../recognise-packed.js';
import { digestText } from './digest-source.js';
import { type FoundSeal, findSeal } from './find-seal.js';
import type { HashOptions } from './hash-source.js';
import { SealComparison, type SealComparisonReport } from './seal-comparison.js';
import { sealPath } from './seal-path.js';

/** Places that are named. */
const MAX_CHANGES = 20;

/** What came of looking for the seal of a file that somebody reads. */
export type SealState =
  /** It is of a file of this length; the contents were not held against it. */
  | { readonly state: 'unchecked'; readonly digest: string }
  | { readonly state: 'same'; readonly digest: string }
  | ({ readonly state: 'changed'; readonly digest: string } & Pick<
      SealComparisonReport,
      'sealedSizeBytes' | 'changedBlocks' | 'changes'
    >)
  /** The seal is damaged: why, in words. */
  | { readonly state: 'unusable'; readonly why: string };

/** How to hold a file against its seal. */
export interface SealedReadingOptions {
  /** Whether to read all of the file; without, no more than the seal is looked at. */
  readonly contents?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is wrong with a seal, and not with what is sealed. */
const ABOUT_SEAL: readonly MappedRamErrorCode[] = ['bad-seal', 'limit-exceeded'];

/**
 * A file that somebody reads, and that is held against its seal meanwhile. Of a packed file each frame is decoded once for both, as long
 * as it is read from its beginning to its end.
 */
export class SealedReading {
  readonly #path: string;
  readonly #whole: ByteSource;
  readonly #packed: PackedSource | undefined;
  readonly #options: SealedReadingOptions;
  #found: Promise<FoundSeal | undefined> | undefined;
  #comparison: Promise<SealComparison | undefined> | undefined;

  /**
   * @param path Of the file; the seal of a plain one lies beside it.
   * @param source The file, as `openSource` gives it. It belongs to the caller.
   */
  constructor(path: string, source: ByteSource, options: SealedReadingOptions = {}) {
    this.#path = path;
    this.#whole = source;
    this.#packed = isPackedSource(source) ? source : undefined;
    this.#options = options;
  }

  /** To be read in place of the source. */
  get source(): ByteSource {
    if (this.#packed === undefined || this.#options.contents !== true) return this.#whole;
    return {
      ...this.#packed,
      read: async (target, byteOffset, options) => {
        // What is wrong with the seal is told at the end.
        await this.#comparedUpTo(byteOffset, byteOffset + target.length).catch(() => {});
        return this.#whole.read(target, byteOffset, options);
      },
    };
  }

  /**
   * Compares what was not read yet, and tells.
   *
   * @returns undefined where the file has no seal.
   * @throws MappedRamError `read-failed`, `bad-packed-file`; the signal's reason.
   */
  async finish(onProgress?: HashOptions['onProgress']): Promise<SealState | undefined> {
    try {
      const found = await this.#find();
      if (found === undefined) return undefined;
      const { sizeBytes, digest } = found.seal;
      if (this.#options.contents === true) return stateOf(await (await this.#compare())?.finish(onProgress));
      if (sizeBytes === this.#whole.sizeBytes) return { state: 'unchecked', digest: digestText(digest) };
      const nothing = { changedBlocks: 0, changes: [] };
      return { state: 'changed', digest: digestText(digest), sealedSizeBytes: sizeBytes, ...nothing };
    } catch (error) {
      if (!(error instanceof MappedRamError) || !ABOUT_SEAL.includes(error.code)) throw error;
      return { state: 'unusable', why: error.message };
    } finally {
      await (await this.#found?.catch(() => undefined))?.close();
    }
  }

  /** The lead is not decoded, so that reading it leads nowhere. */
  async #comparedUpTo(from: number, to: number): Promise<void> {
    const [extent] = this.#packed?.lead === undefined ? [] : extentsFrom(this.#packed.lead, from);
    const isHeld =
      extent !== undefined && extent.byteOffset <= from && to <= extent.byteOffset + extent.bytes.length;
    if (!isHeld) await (await this.#compare())?.advance(Math.min(to, this.#whole.sizeBytes));
  }

  #find(): Promise<FoundSeal | undefined> {
    this.#found ??= findSeal(this.#packed, sealPath(this.#path));
    return this.#found;
  }

  #compare(): Promise<SealComparison | undefined> {
    this.#comparison ??= this.#start();
    return this.#comparison;
  }

  async #start(): Promise<SealComparison | undefined> {
    const found = await this.#find();
    if (found === undefined) return undefined;
    const contents = this.#packed === undefined ? this.#whole : frameSource(this.#packed);
    return new SealComparison(contents, found.seal, {
      maxChanges: MAX_CHANGES,
      signal: this.#options.signal,
    });
  }
}

function stateOf(report: SealComparisonReport | undefined): SealState | undefined {
  if (report === undefined) return undefined;
  const { isSame, sealedSizeBytes, changedBlocks, changes } = report;
  const digest = digestText(report.digest);
  return isSame
    ? { state: 'same', digest }
    : { state: 'changed', digest, sealedSizeBytes, changedBlocks, changes };
}
