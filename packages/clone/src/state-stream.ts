import { countSet, IGNORE_SHARED_CAPABILITY } from '@mapped-ram/format';
import type { ByteSource, RamBlock, Snapshot } from '@mapped-ram/reader';
import {
  blockEntry,
  checkClassicSize,
  configurationSection,
  findBlockTable,
  layoutOf,
  memSizeWord,
  type SnapshotTarget,
  type StreamPart,
  writeParts,
} from '@mapped-ram/writer';
import type { BackendNames } from './qemu-arguments.js';
import { RecordBuffer } from './record-buffer.js';
import { writtenBeforeLoading } from './reset-writes.js';

/** What else than the memory of the mapped blocks is to be other than in the snapshot. */
export interface StateOptions {
  /** What comes before the stream in the file. */
  readonly front?: readonly StreamPart[];
  /** Blocks under other names than they have in the snapshot. */
  readonly names?: BackendNames;
  /** Leave out the capability `x-ignore-shared`, where a VM that was not prepared lacks a block of that name anyway. */
  readonly withoutCapability?: boolean;
}

/**
 * Writes a migration stream that holds all of a snapshot but the memory of some blocks, as QEMU loads it where these
 * are mapped already: pages are in the stream itself, and a block of which none comes keeps what it has.
 *
 * The capability `x-ignore-shared` is in it for safety: a VM that was not prepared for it refuses the stream, instead of running
 * on with empty memory. It makes every block's entry carry an address, which QEMU looks at for shared blocks alone.
 *
 * @param source The file that the snapshot was opened from.
 * @throws MappedRamError `unsupported` where the ram section is built in a way that QEMU does not write; `write-failed`; what
 * reading pages throws.
 */
export async function writeStateStream(
  target: SnapshotTarget,
  snapshot: Snapshot,
  source: ByteSource,
  mapped: ReadonlySet<RamBlock>,
  { front = [], names = new Map(), withoutCapability = false }: StateOptions = {},
): Promise<void> {
  const nameOf = (block: RamBlock) => names.get(block) ?? block.idstr;
  const blocks = snapshot.ramBlocks.map((block) => ({
    idstr: nameOf(block),
    usedLength: block.usedLength,
    ...(!withoutCapability && { guestPhysicalAddress: block.guestPhysicalAddress ?? 0n }),
  }));
  const capabilities = withoutCapability ? undefined : [IGNORE_SHARED_CAPABILITY];
  const head = headOf(snapshot, source, capabilities);
  await checkSize(snapshot, mapped);
  const parts = [...front, ...head, memSizeWord(blocks), ...blocks.map(blockEntry)];
  const records = new RecordBuffer(target, await writeParts(target, 0, parts));
  for (const block of snapshot.ramBlocks) {
    records.beginBlock(nameOf(block));
    if (!mapped.has(block)) await writePages(records, snapshot, block);
    else await writeRanges(records, snapshot, block);
  }
  await writeParts(target, await records.end(), layoutOf(snapshot, source).tail);
}

/** A block that is not mapped has a record for each of its pages. */
async function checkSize(snapshot: Snapshot, mapped: ReadonlySet<RamBlock>): Promise<void> {
  let dataBytes = 0;
  let zeroPages = 0;
  for (const block of snapshot.ramBlocks) {
    if (mapped.has(block) || block.ignored) continue;
    let dataPages = 0;
    for await (const { bytes, pageCount, isHole } of snapshot.readBitmap(block, {
      withoutHoles: true,
    })) {
      if (isHole) continue;
      dataPages += countSet(bytes, pageCount, snapshot.wordOrder);
    }
    dataBytes += dataPages * block.pageSize;
    zeroPages += block.pageCount - dataPages;
  }
  checkClassicSize({ dataBytes, zeroPages }, 'map more of its blocks');
}

/** From the magic to the header of the ram section, with another list of capabilities. */
function headOf(
  snapshot: Snapshot,
  source: ByteSource,
  capabilities: readonly string[] | undefined,
): StreamPart[] {
  const { configuration, streamOffset } = snapshot;
  const { section } = findBlockTable(snapshot);
  const part = (from: number, to: number) => ({ source, byteOffset: from, byteLength: to - from });
  if (configuration === undefined) return [part(streamOffset, section.bodyOffset)];
  return [
    part(streamOffset, configuration.byteOffset),
    configurationSection({ ...configuration, capabilities }),
    part(configuration.byteOffset + configuration.byteLength, section.bodyOffset),
  ];
}

/** The pages of a block, also those that are zero, as all in holes are: QEMU has put its own ROMs there meanwhile. */
async function writePages(records: RecordBuffer, snapshot: Snapshot, block: RamBlock): Promise<void> {
  const { pageSize } = block;
  for await (const batch of snapshot.runs(block, { clear: true, withoutHoles: true })) {
    for (const { firstPage, pageCount } of batch) {
      for (let page = firstPage; page < firstPage + pageCount; page++) {
        if (records.isFull) await records.flush();
        records.zeroPage(page * pageSize);
      }
    }
  }
  for await (const batch of snapshot.pages(block, { withoutHoles: true })) {
    for (const { firstPage, pageCount, bytes } of batch) {
      for (let index = 0; index < pageCount; index++) {
        if (records.isFull) await records.flush();
        records.page(
          (firstPage + index) * pageSize,
          bytes.subarray(index * pageSize, (index + 1) * pageSize),
        );
      }
    }
  }
}

/** The few pages of a mapped block that QEMU has overwritten by then. */
async function writeRanges(records: RecordBuffer, snapshot: Snapshot, block: RamBlock): Promise<void> {
  const { pageSize } = block;
  for (const { offset, lengthBytes } of writtenBeforeLoading(snapshot.configuration?.machine, block)) {
    const bytes = new Uint8Array(lengthBytes);
    await snapshot.readPages(block, offset / pageSize, bytes);
    for (let at = 0; at < lengthBytes; at += pageSize) {
      if (records.isFull) await records.flush();
      records.page(offset + at, bytes.subarray(at, at + pageSize));
    }
  }
}
