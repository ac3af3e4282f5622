import { MappedRamError, RAM_SECTION_IDSTR } from '@mapped-ram/format';
import {
  type ByteSource,
  type ClassicMemory,
  type ClassicRun,
  type ClassicVisitor,
  readClassicStream,
  type StreamModel,
} from '@mapped-ram/reader';
import {
  createSnapshot,
  eosWord,
  LibvirtFormat,
  type SnapshotTarget,
  type SnapshotWriter,
  type StreamPart,
  type WrittenSnapshot,
} from '@mapped-ram/writer';
import { openOptions } from '../complete-snapshot.js';
import { libvirtFront } from '../libvirt-image.js';
import type { TransformOptions } from '../options.js';
import { pagesInTurn } from '../page-transport.js';
import { convertEnd, convertHead } from './configuration.js';
import type { ConvertReport } from './convert-report.js';

/**
 * Makes a snapshot out of a classic migration stream: the same sections, with the pages in their places. A libvirt save
 * image stays one, of the format `sparse`.
 *
 * @throws MappedRamError as `readClassicStream` does, `unsupported`, `write-failed`. The target is then to be given up.
 */
export async function convertToMappedRam(
  source: ByteSource,
  target: SnapshotTarget,
  options: TransformOptions = {},
): Promise<ConvertReport> {
  const { sizeBytes, setPages } = await mapClassicStream(
    source,
    new MappingVisitor(source, target, options),
    options,
  );
  return {
    from: 'stream',
    to: 'mapped-ram',
    pages: setPages.reduce((sum, count) => sum + count, 0),
    sizeBytes,
  };
}

/**
 * Reads a classic stream and finishes the snapshot that a visitor makes of it.
 *
 * @throws MappedRamError as {@link convertToMappedRam} does.
 */
export async function mapClassicStream(
  source: ByteSource,
  visitor: MappingVisitor,
  options: TransformOptions & { readonly signal?: AbortSignal | undefined },
): Promise<WrittenSnapshot> {
  const { signal } = options;
  const model = await readClassicStream(source, visitor, { ...openOptions(options), signal });
  return visitor.writer.finish(await tailOf(model, source));
}

/** How pages are put in their places. */
export interface MappingOptions extends TransformOptions {
  /** The stream starts where it did. Otherwise at the start of the file, or behind the header of libvirt. */
  readonly keepsOffset?: boolean;
}

/** Pages that are not zero. */
export type StoredRun = Required<ClassicRun>;

/** Puts every page in its place while the stream is read. */
export class MappingVisitor implements ClassicVisitor {
  readonly #source: ByteSource;
  readonly #target: SnapshotTarget;
  readonly #options: MappingOptions;
  #writer: SnapshotWriter | undefined;
  #doneBytes = 0;

  constructor(source: ByteSource, target: SnapshotTarget, options: MappingOptions) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
  }

  /** @throws MappedRamError `unsupported` where the stream has no block table. */
  get writer(): SnapshotWriter {
    if (this.#writer !== undefined) return this.#writer;
    throw new MappedRamError('unsupported', { what: 'the stream has no ram section', path: 'ram' });
  }

  async begin(memory: ClassicMemory): Promise<void> {
    const { stream, blocks, pageSize, bodyOffset } = memory;
    const source = this.#source;
    const ignored = await findBlocksWithoutPages(source, memory, this.#options);
    this.#writer = await createSnapshot(this.#target, {
      front: libvirtFront(stream, source, { format: LibvirtFormat.sparse }),
      streamOffset: this.#options.keepsOffset === true ? stream.streamOffset : undefined,
      head: convertHead(stream, source, 'mapped-ram', bodyOffset),
      blocks: blocks.map(({ idstr, usedLength, guestPhysicalAddress, index }) => ({
        idstr,
        usedLength,
        guestPhysicalAddress,
        pageSize,
        ignored: ignored.has(index),
      })),
      tail: [],
      wordOrder: this.#options.wordOrder,
    });
  }

  async pages(runs: readonly ClassicRun[]): Promise<void> {
    for (let at = 0; at < runs.length; ) at = await this.#pagesOfBlock(runs, at);
    // In a live save a page may come again in a later batch.
    await this.writer.round();
  }

  /** Writes the runs of one block; where those of the next one start. */
  async #pagesOfBlock(runs: readonly ClassicRun[], start: number): Promise<number> {
    const { blockIndex } = runs[start] as ClassicRun;
    const stored: StoredRun[] = [];
    let at = start;
    for (; runs[at]?.blockIndex === blockIndex; at++) {
      const { bytes, ...run } = runs[at] as ClassicRun;
      const { firstPage, pageCount } = run;
      if (bytes === undefined) await this.writer.clearPages(blockIndex, firstPage, pageCount);
      else stored.push({ ...run, bytes });
      this.#doneBytes += (bytes?.length ?? 0) + pageCount;
    }
    await this.store(blockIndex, stored);
    this.#options.onProgress?.({ doneBytes: this.#doneBytes, totalBytes: this.#source.sizeBytes });
    return at;
  }

  /** Stores pages of one block. */
  protected async store(blockIndex: number, runs: readonly StoredRun[]): Promise<void> {
    const { transport = pagesInTurn } = this.#options;
    await transport.write(this.writer, blockIndex, runs);
  }
}

/** With `x-ignore-shared`, nothing says which blocks are left out but that no page of them comes. */
async function findBlocksWithoutPages(
  source: ByteSource,
  { blocks, stream: { streamOffset } }: ClassicMemory,
  options: TransformOptions,
): Promise<ReadonlySet<number>> {
  if (blocks.every(({ guestPhysicalAddress }) => guestPhysicalAddress === undefined)) return new Set();
  const left = new Set(blocks.map(({ index }) => index));
  const visitor: ClassicVisitor = {
    async begin() {},
    async pages(runs) {
      for (const { blockIndex } of runs) left.delete(blockIndex);
    },
  };
  await readClassicStream(source, visitor, { ...openOptions(options), streamOffset });
  return left;
}

/** Everything behind the block table, without the pages. */
async function tailOf(model: StreamModel, source: ByteSource): Promise<StreamPart[]> {
  const part = (from: number, to: number): StreamPart => ({
    source,
    byteOffset: from,
    byteLength: to - from,
  });
  const tail: StreamPart[] = [];
  let isBehindTable = false;
  for (const section of model.sections) {
    const end = section.byteOffset + section.byteLength;
    const isRam = section.kind !== 'command' && section.idstr === RAM_SECTION_IDSTR;
    if (isRam) {
      if (isBehindTable) tail.push(part(section.byteOffset, section.bodyOffset));
      tail.push(eosWord(), part(section.bodyOffset + section.bodyLengthBytes, end));
      isBehindTable = true;
    } else if (isBehindTable) {
      tail.push(part(section.byteOffset, end));
    }
  }
  return [...tail, ...(await convertEnd(model, source, 'mapped-ram'))];
}
