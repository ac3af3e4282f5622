import { checkOptions, integerOption } from '@mapped-ram/format';
import type { ByteSource, ReadOptions } from '../byte-source.js';
import { guardSource } from './guarded-source.js';
import { ReadAhead } from './read-ahead.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** What is cached between two missing pieces is asked for again where it is no more than this: a request costs more. */
const MAX_GAP_BYTES = 32 * KIB;

/** How much is held, and how it is asked for. */
export interface CachedSourceOptions {
  /** Unit of the cache, and what a request is aligned to, in bytes; 64 KiB if not given. */
  readonly blockBytes?: number;
  /** Bytes that are held, at most; 16 MiB if not given. */
  readonly cacheBytes?: number;
  /** Bytes of a request, at most; 8 MiB if not given. */
  readonly maxRequestBytes?: number;
  /** Requests under way at once, at most; 6 if not given, as browsers have it. */
  readonly maxRequests?: number;
}

/** A source with a cache, which counts what it asks the source behind it for. */
export interface CachedSource extends ByteSource {
  /** Number of requests so far. */
  readonly requests: number;
  /** Bytes that they asked for. */
  readonly requestedBytes: number;
}

/**
 * Puts a cache before a source in which a request costs much, such as a server: reads become few requests of whole blocks, those for
 * the same block one, and more is asked for as reads go forward. Reads of pages (`bulk`) ask for what they want and nothing else.
 * Memory is bounded by `cacheBytes`, and requests under way. Closing it closes the source.
 *
 * @throws TypeError, RangeError where the source or an option is not one.
 */
export function cachedSource(source: ByteSource, options: CachedSourceOptions = {}): CachedSource {
  checkOptions<CachedSourceOptions>(options, {
    blockBytes: integerOption(4 * KIB, 16 * MIB),
    cacheBytes: integerOption(64 * KIB),
    maxRequestBytes: integerOption(4 * KIB, 1024 * MIB),
    maxRequests: integerOption(1, 64),
  });
  const cache = new BlockCache(guardSource(source), options);
  const { name, sizeBytes, allocatedBytes, isVmState, dirtyBitmaps, dataExtents } = source;
  return {
    name,
    sizeBytes,
    preferredReadBytes: cache.maxRequestBytes,
    ...(allocatedBytes !== undefined && { allocatedBytes }),
    ...(isVmState !== undefined && { isVmState }),
    ...(dirtyBitmaps !== undefined && { dirtyBitmaps }),
    ...(dataExtents !== undefined && { dataExtents: dataExtents.bind(source) }),
    get requests() {
      return cache.requests;
    },
    get requestedBytes() {
      return cache.requestedBytes;
    },
    read: (target, byteOffset, readOptions) => cache.read(target, byteOffset, readOptions),
    close: () => source.close(),
  };
}

class BlockCache {
  readonly maxRequestBytes: number;
  requests = 0;
  requestedBytes = 0;
  readonly #source: ByteSource;
  readonly #blockBytes: number;
  readonly #maxBlocks: number;
  readonly #readAhead: ReadAhead;
  /** By index, the one that was used longest ago first. */
  readonly #blocks = new Map<number, Promise<Uint8Array>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(source: ByteSource, options: CachedSourceOptions) {
    const { blockBytes = 64 * KIB, cacheBytes = 16 * MIB, maxRequestBytes = 8 * MIB } = options;
    this.#source = source;
    this.#blockBytes = blockBytes;
    this.maxRequestBytes = Math.max(maxRequestBytes, blockBytes);
    this.#maxBlocks = Math.max(1, Math.floor(cacheBytes / blockBytes));
    this.#readAhead = new ReadAhead(4 * blockBytes, Math.min(this.maxRequestBytes, cacheBytes / 4));
    this.#free = options.maxRequests ?? 6;
  }

  async read(target: Uint8Array, byteOffset: number, { signal, bulk }: ReadOptions = {}): Promise<number> {
    const wanted = target.subarray(
      0,
      Math.max(0, Math.min(target.length, this.#source.sizeBytes - byteOffset)),
    );
    const isLarge = wanted.length > (this.#maxBlocks * this.#blockBytes) / 4;
    await (bulk === true || isLarge
      ? this.#readPast(wanted, byteOffset, signal)
      : this.#readThrough(wanted, byteOffset));
    return wanted.length;
  }

  /** In as many requests at once as are free, past the cache. */
  async #readPast(target: Uint8Array, byteOffset: number, signal: AbortSignal | undefined): Promise<void> {
    const pieces: Promise<void>[] = [];
    for (let from = 0; from < target.length; from += this.maxRequestBytes) {
      pieces.push(
        this.#request(target.subarray(from, from + this.maxRequestBytes), byteOffset + from, signal),
      );
    }
    await Promise.all(pieces);
  }

  async #readThrough(target: Uint8Array, byteOffset: number): Promise<void> {
    const size = this.#blockBytes;
    const first = Math.floor(byteOffset / size);
    const end = Math.ceil((byteOffset + target.length) / size);
    this.#ask(first, end);
    const blocks = Array.from({ length: end - first }, (_, at) => this.#use(first + at));
    this.#evict();
    for (const [at, block] of blocks.entries()) {
      const start = (first + at) * size;
      const from = Math.max(byteOffset, start);
      const bytes = (await block).subarray(from - start, byteOffset + target.length - start);
      target.set(bytes, from - byteOffset);
    }
  }

  /** Asks for the blocks that are missing: in one request where they lie close together. */
  #ask(first: number, end: number): void {
    const size = this.#blockBytes;
    let from: number | undefined;
    let to = first;
    for (let index = first; index < end; index++) {
      if (this.#blocks.has(index)) continue;
      if (from !== undefined && (index - to) * size > MAX_GAP_BYTES) {
        this.#fetch(from, to);
        from = undefined;
      }
      from ??= index;
      to = index + 1;
    }
    if (from === undefined) return;
    const wantedEnd = Math.floor(this.#readAhead.endOf(from * size, to * size) / size);
    const lastEnd = Math.ceil(this.#source.sizeBytes / size);
    // What is there already is not asked for again.
    while (to < Math.min(wantedEnd, lastEnd) && !this.#blocks.has(to)) to++;
    this.#fetch(from, to);
  }

  #fetch(first: number, end: number): void {
    const size = this.#blockBytes;
    const start = first * size;
    const bytes = new Uint8Array(Math.min(end * size, this.#source.sizeBytes) - start);
    const request = this.#readPast(bytes, start, undefined);
    for (let index = first; index < end; index++) {
      // A copy, so that a block that is held holds no others.
      const block = request.then(() => bytes.slice((index - first) * size, (index - first + 1) * size));
      // It fails for those who wait for it; whoever comes next asks again.
      block.catch(() => {
        if (this.#blocks.get(index) === block) this.#blocks.delete(index);
      });
      this.#blocks.set(index, block);
    }
  }

  /** A block that was asked for; it becomes the one that was used last. */
  #use(index: number): Promise<Uint8Array> {
    const block = this.#blocks.get(index);
    if (block === undefined) throw new RangeError(`block ${index} was not asked for`);
    this.#blocks.delete(index);
    this.#blocks.set(index, block);
    return block;
  }

  /** Lets go of those that were used longest ago. */
  #evict(): void {
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= this.#maxBlocks) return;
      this.#blocks.delete(oldest);
    }
  }

  async #request(target: Uint8Array, byteOffset: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free--;
    try {
      this.requests++;
      this.requestedBytes += target.length;
      await this.#source.read(target, byteOffset, { signal, bulk: true });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
