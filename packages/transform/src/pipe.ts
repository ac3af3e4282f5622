import { checkOptions } from '@mapped-ram/format';
import type { ByteSource, Snapshot } from '@mapped-ram/reader';
import { placeSnapshot } from '@mapped-ram/writer';
import { type FileTarget, writeIncoming } from '@mapped-ram/writer/file';
import { openComplete } from './complete-snapshot.js';
import { layoutInPlace } from './copy-snapshot.js';
import { countSetBytes } from './move-pages.js';
import { transformChecks } from './option-checks.js';
import type { TransformOptions } from './options.js';

const CHUNK_BYTES = 1024 * 1024;
const ZEROS = new Uint8Array(CHUNK_BYTES);

/** Takes in bytes one after another; they may be changed when it is done. */
export type PipeSink = (bytes: Uint8Array) => Promise<void>;

/**
 * Writes a copy of a snapshot to where nothing but one byte after another can be written. What the bitmaps say is zero
 * comes out as zeros, whatever lay there.
 *
 * @returns How many bytes were written.
 * @throws MappedRamError as `openComplete` does; `bad-block-table` where parts of the file overlap; and what the sink
 * throws.
 */
export async function copyToPipe(
  source: ByteSource,
  sink: PipeSink,
  options: Omit<TransformOptions, 'transport'> = {},
): Promise<number> {
  checkOptions(options, transformChecks);
  const snapshot = await openComplete(source, options);
  placeSnapshot(layoutInPlace(snapshot, source));
  return new PipeCopy(snapshot, source, sink, options).run();
}

class PipeCopy {
  readonly #snapshot: Snapshot;
  readonly #source: ByteSource;
  readonly #sink: PipeSink;
  readonly #options: TransformOptions;
  #position = 0;

  constructor(snapshot: Snapshot, source: ByteSource, sink: PipeSink, options: TransformOptions) {
    this.#snapshot = snapshot;
    this.#source = source;
    this.#sink = sink;
    this.#options = options;
  }

  async run(): Promise<number> {
    const totalBytes = await countSetBytes(this.#snapshot);
    let doneBytes = 0;
    for (const block of this.#snapshot.ramBlocks) {
      if (block.ignored) continue;
      await this.#bytesUpTo(block.pagesOffset);
      for await (const batch of this.#snapshot.pages(block)) {
        for (const { firstPage, bytes } of batch) {
          await this.#zerosUpTo(block.pagesOffset + firstPage * block.pageSize);
          await this.#write(bytes);
          doneBytes += bytes.length;
        }
        this.#options.onProgress?.({ doneBytes, totalBytes });
      }
      await this.#zerosUpTo(block.pagesOffset + block.usedLength);
    }
    await this.#bytesUpTo(this.#source.sizeBytes);
    return this.#position;
  }

  async #bytesUpTo(endOffset: number): Promise<void> {
    const buffer = new Uint8Array(CHUNK_BYTES);
    while (this.#position < endOffset) {
      const bytes = buffer.subarray(0, endOffset - this.#position);
      const filled = await this.#source.read(bytes, this.#position);
      if (filled === 0) return;
      await this.#write(bytes.subarray(0, filled));
    }
  }

  async #zerosUpTo(endOffset: number): Promise<void> {
    while (this.#position < endOffset) await this.#write(ZEROS.subarray(0, endOffset - this.#position));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#sink(bytes);
    this.#position += bytes.length;
  }
}

/**
 * Takes in a snapshot of which nothing but one byte after another can be read. Zeros become holes; all else is kept.
 *
 * @returns How many bytes there were.
 * @throws MappedRamError as `openComplete` does, where what came is no whole snapshot; `write-failed`; and what reading
 * throws. The target is then to be given up.
 */
export async function copyFromPipe(
  input: AsyncIterable<Uint8Array>,
  target: FileTarget,
  options: Omit<TransformOptions, 'transport' | 'onProgress'> = {},
): Promise<number> {
  checkOptions(options, transformChecks);
  const sizeBytes = await writeIncoming(target, input);
  await openComplete(await target.written(), options);
  const { streamOffset, wordOrder } = options;
  await target.commit({ layout: 'mapped-ram', streamOffset, wordOrder });
  return sizeBytes;
}
