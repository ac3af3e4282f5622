import {
  hasErrorCode,
  isPageSize,
  Limits,
  MappedRam,
  MappedRamError,
  pageCount,
  RAM_WORD_LENGTH_BYTES,
  RamFlag,
} from '@mapped-ram/format';
import type { ByteSource } from '../byte-source.js';
import type { ClassicBlock, Configuration } from '../model.js';
import { exactOf } from '../stream/exact.js';
import type { RamBodyDraft } from '../stream/ram-body-draft.js';
import { readRamWord } from '../stream/ram-format.js';
import type { RamContext, RamReader } from '../stream/ram-reader.js';
import type { SourceWindow } from '../window.js';
import { PageRecords } from './page-records.js';
import { RecordInput } from './record-input.js';
import type { ClassicRun, ClassicVisitor } from './visitor.js';

const NOTHING = new Uint8Array();

/** Reads the ram sections of a classic stream, in which pages are in the stream itself, and hands them on. */
export class ClassicRam implements RamReader {
  readonly #source: ByteSource;
  readonly #window: SourceWindow;
  readonly #visitor: ClassicVisitor;
  readonly #statedPageSize: number;
  /** Set once the block table is known. A record may go on with the block of the section before. */
  #records: PageRecords | undefined;

  /** @param statedPageSize The target's page size, where the configuration section does not say it. */
  constructor(source: ByteSource, window: SourceWindow, visitor: ClassicVisitor, statedPageSize: number) {
    this.#source = source;
    this.#window = window;
    this.#visitor = visitor;
    this.#statedPageSize = statedPageSize;
  }

  /**
   * Reads the body of a ram section.
   *
   * @throws MappedRamError as `PageRecords.take` does; `unsupported` where the stream is a mapped-ram one,
   * `bad-block-table`, `read-failed`; and what the visitor throws.
   */
  async readBody(draft: RamBodyDraft, context: RamContext): Promise<void> {
    const pageSize = this.#pageSize(context.stream.configuration);
    for (let tables = 0; !draft.body.ended; tables++) {
      const word = await readRamWord(this.#window, draft.endOffset, pageSize);
      const totalBytes = word.word & ~BigInt(pageSize - 1);
      // A second table of nothing is passed over among the pages.
      const isPassedOver = this.#records !== undefined && totalBytes === 0n;
      if ((word.flags & ~RamFlag.continue) === RamFlag.memSize && !isPassedOver) {
        if (tables >= Limits.ramWords) throw tooManyTables(draft.endOffset);
        await this.#blockTable(totalBytes, pageSize, draft, context);
      }
      const input = new RecordInput(this.#source, draft.endOffset);
      try {
        const { end, byteOffset } = await this.#pages(input, draft.endOffset);
        draft.endOffset = byteOffset;
        draft.body.ended = end === 'eos';
      } finally {
        await input.end();
      }
    }
  }

  #pageSize(configuration: Configuration | undefined): number {
    const { targetPageBits } = configuration ?? {};
    const pageSize = targetPageBits === undefined ? this.#statedPageSize : 2 ** targetPageBits;
    if (isPageSize(pageSize)) return pageSize;
    throw new MappedRamError('bad-page-size', { path: 'configuration', actual: pageSize });
  }

  /** Reads records up to EOS, or to another block table; where that is. */
  async #pages(
    input: RecordInput,
    byteOffset: number,
  ): Promise<{ readonly end: 'eos' | 'mem-size'; readonly byteOffset: number }> {
    const records = this.#records;
    if (records === undefined) {
      const what = 'the stream has no block table before its pages';
      throw new MappedRamError('bad-block-table', { what, byteOffset, path: 'ram' });
    }
    records.continueWith(await input.next(NOTHING));
    let handedOver: Promise<void> = Promise.resolve();
    const handOver = async (runs: ClassicRun[]) => {
      await handedOver;
      if (runs.length === 0) return;
      handedOver = this.#visitor.pages(runs);
      // A failure is met before the next batch; until then it must not count as unhandled.
      handedOver.catch(() => {});
    };
    try {
      for (;;) {
        const end = records.take();
        await handOver(records.takeRuns());
        if (end === 'piece') records.continueWith(await input.next(records.leftOver));
        if (end === 'mem-size' || end === 'eos') return { end, byteOffset: records.byteOffset };
      }
    } finally {
      // The pages are views into what is about to be given up.
      await handedOver;
    }
  }

  /** Reads a block table. QEMU takes another one as it takes the first: each of its blocks has to be there with this length. */
  async #blockTable(
    totalBytes: bigint,
    pageSize: number,
    draft: RamBodyDraft,
    { stream, format }: RamContext,
  ): Promise<void> {
    const bodyOffset = draft.endOffset;
    draft.endOffset += RAM_WORD_LENGTH_BYTES;
    const byteOffset = draft.endOffset;
    const { layout, hasGuestPhysicalAddress } = await format.entryFormat(byteOffset);
    if (layout === 'mapped-ram' || (await format.looksMappedRam(byteOffset))) {
      const what = 'the stream is a mapped-ram one, and not classic';
      throw new MappedRamError('unsupported', { what, byteOffset, path: 'ram' });
    }
    const blocks: ClassicBlock[] = [];
    for (let restBytes = totalBytes; restBytes > 0n; ) {
      const path = `ram.blocks[${blocks.length}]`;
      const { value, endOffset } = await this.#window
        .parse(
          draft.endOffset,
          (io) => new MappedRam.RamBlockEntry(io, undefined, undefined, hasGuestPhysicalAddress),
        )
        .catch(async (error: unknown) => {
          if (!hasErrorCode(error, 'value-too-large')) throw error;
          throw await this.#lengthTooLarge(error, draft.endOffset, `${path}.usedLength`);
        });
      const { idstr, lenUsed: usedLength, guestPhysicalAddress } = value;
      restBytes -= BigInt(usedLength);
      if (idstr === '' || restBytes < 0n || blocks.length >= Limits.ramBlocks)
        throw new MappedRamError('bad-block-table', { byteOffset: draft.endOffset, path });
      this.#records?.checkBlock(idstr, usedLength, draft.endOffset);
      blocks.push({
        index: blocks.length,
        idstr,
        usedLength,
        ...(guestPhysicalAddress !== undefined && { guestPhysicalAddress: exactOf(guestPhysicalAddress) }),
        pageCount: pageCount(usedLength, pageSize),
      });
      draft.endOffset = endOffset;
    }
    if (this.#records !== undefined) return;
    const { unreadPage } = this.#visitor;
    this.#records = new PageRecords(
      blocks,
      pageSize,
      unreadPage && ((blockIndex, page) => unreadPage.call(this.#visitor, blockIndex, page)),
    );
    await this.#visitor.begin({ stream, bodyOffset, pageSize, blocks });
  }

  /** Names the block whose length it is. */
  async #lengthTooLarge(error: MappedRamError, entryOffset: number, path: string): Promise<MappedRamError> {
    const { value } = await this.#window.parse(entryOffset, (io) => io.readBytes(io.readU1()));
    const { code, byteOffset, actual } = error;
    const what = `the length of block ${JSON.stringify(String.fromCharCode(...value))} is larger than 2^53 - 1`;
    return new MappedRamError(code, { what, byteOffset, path, actual, cause: error });
  }
}

function tooManyTables(byteOffset: number): MappedRamError {
  const what = 'there are too many block tables';
  return new MappedRamError('limit-exceeded', {
    what,
    byteOffset,
    path: 'ram',
    expected: `at most ${Limits.ramWords}`,
  });
}
