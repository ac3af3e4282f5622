import type { SparseImage } from '@mapped-ram/fixtures';
import { RAM_WORD_LENGTH_BYTES, RamFlag } from '@mapped-ram/format';
import type { StreamModel } from '@mapped-ram/reader';

const U64_BYTES = 8;

/** The record of a page in a classic stream. Offsets are in the unmutated file. */
export interface PageRecord {
  /** Of its word. */
  readonly offset: number;
  /** Of the length byte of the block's name; absent where the record goes on with the block before. */
  readonly nameOffset?: number;
  /** Of the page, or of the byte that stands for it. */
  readonly contentsOffset: number;
  readonly end: number;
}

/** The entry of a block in a classic stream. */
export interface ClassicEntry {
  /** Of the length byte; the characters follow. */
  readonly nameOffset: number;
  readonly usedLengthOffset: number;
}

/** What lies in the ram sections of a good classic stream. */
export interface ClassicParts {
  readonly memSizeOffset: number;
  readonly entries: readonly ClassicEntry[];
  readonly records: readonly PageRecord[];
  /** Of the words that end the sections. */
  readonly eosOffsets: readonly number[];
}

/** Lists the parts of a good classic stream, by the sections that a reader found. */
export function listClassicParts(image: SparseImage, { sections, classic }: StreamModel): ClassicParts {
  if (classic === undefined) throw new RangeError('the stream is no classic one');
  const records: PageRecord[] = [];
  const eosOffsets: number[] = [];
  let table: { entries: ClassicEntry[]; end: number } | undefined;
  for (const section of sections) {
    if (section.kind === 'command' || section.idstr !== 'ram') continue;
    const { bodyOffset, bodyLengthBytes } = section;
    const end = bodyOffset + bodyLengthBytes;
    let at = bodyOffset;
    if (at === classic.byteOffset) {
      table = listEntries(image, at);
      at = table.end;
    }
    for (; at < end - U64_BYTES; at = records.at(-1)?.end ?? end)
      records.push(recordAt(image, at, classic.pageSize));
    eosOffsets.push(at);
  }
  return { memSizeOffset: classic.byteOffset, entries: table?.entries ?? [], records, eosOffsets };
}

function listEntries(image: SparseImage, memSizeOffset: number): { entries: ClassicEntry[]; end: number } {
  const total = u64(image, memSizeOffset) & ~0xfffn;
  const entries: ClassicEntry[] = [];
  let at = memSizeOffset + RAM_WORD_LENGTH_BYTES;
  for (let sum = 0n; sum < total; sum += u64(image, at - U64_BYTES)) {
    const usedLengthOffset = at + 1 + u8(image, at);
    entries.push({ nameOffset: at, usedLengthOffset });
    at = usedLengthOffset + U64_BYTES;
  }
  return { entries, end: at };
}

function recordAt(image: SparseImage, offset: number, pageSize: number): PageRecord {
  const flags = Number(u64(image, offset) & BigInt(pageSize - 1));
  const nameOffset = offset + RAM_WORD_LENGTH_BYTES;
  const hasName = (flags & RamFlag.continue) === 0;
  const contentsOffset = nameOffset + (hasName ? 1 + u8(image, nameOffset) : 0);
  const end = contentsOffset + ((flags & RamFlag.page) !== 0 ? pageSize : 1);
  return { offset, ...(hasName && { nameOffset }), contentsOffset, end };
}

const u8 = (image: SparseImage, offset: number): number => image.bytes(offset, 1)[0] as number;

const u64 = (image: SparseImage, offset: number): bigint =>
  Buffer.from(image.bytes(offset, U64_BYTES)).readBigUInt64BE();
