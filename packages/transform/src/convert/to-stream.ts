import { RAM_SECTION_IDSTR } from '@mapped-ram/format';
import { judgeSnapshot } from '@mapped-ram/lint';
import type { ByteSource, ContinuingSection, Snapshot } from '@mapped-ram/reader';
import {
  blockEntry,
  type ClassicBlockFields,
  ClassicRecords,
  checkClassicSize,
  eosWord,
  findBlockTable,
  LibvirtFormat,
  memSizeWord,
  type SnapshotTarget,
  type StreamPart,
  writeParts,
} from '@mapped-ram/writer';
import { openComplete, openOptions } from '../complete-snapshot.js';
import { libvirtFront } from '../libvirt-image.js';
import { countDataBytes } from '../move-pages.js';
import type { TransformOptions } from '../options.js';
import { pagesInTurn } from '../page-transport.js';
import { convertEnd, convertHead } from './configuration.js';
import type { ConvertOptions, ConvertReport } from './convert-report.js';

/**
 * Makes a classic migration stream out of a snapshot: the same sections, with the pages where the ram state ends. A
 * libvirt save image stays one, of the format `raw`.
 *
 * @throws MappedRamError as `openComplete` does; `unsupported`, `write-failed`. The target is then to be given up.
 */
export async function convertToStream(
  source: ByteSource,
  target: SnapshotTarget,
  options: ConvertOptions = {},
): Promise<ConvertReport> {
  const snapshot = await openComplete(source, options);
  // A stream cannot be judged as well as what it is made of.
  await judgeSnapshot(source, openOptions(options));
  if (options.large !== true) await checkSize(snapshot);
  const { section, table } = findBlockTable(snapshot);
  const end = lastRamSection(snapshot);
  const tableEnd = table.byteOffset + table.byteLength;
  const part = (from: number, to: number): StreamPart => ({
    source,
    byteOffset: from,
    byteLength: to - from,
  });

  const blocks: ClassicBlockFields[] = table.blocks.map(
    ({ idstr, usedLength, guestPhysicalAddress, pageSize }) => ({
      idstr,
      usedLength,
      guestPhysicalAddress,
      pageSize,
    }),
  );
  await target.expect?.(await countDataBytes(snapshot));
  const pagesOffset = await writeParts(target, 0, [
    ...libvirtFront(snapshot, source, { format: LibvirtFormat.raw }),
    ...convertHead(snapshot, source, 'classic', section.bodyOffset),
    memSizeWord(blocks),
    ...blocks.map(blockEntry),
    part(tableEnd, end.bodyOffset),
  ]);
  const records = new ClassicRecords(target, pagesOffset, blocks);
  const pages = await writePages(snapshot, records, options);
  const bodyEnd = end.bodyOffset + end.bodyLengthBytes;
  const sizeBytes = await writeParts(target, await records.end(), [
    eosWord(),
    part(bodyEnd, snapshot.endMarkerOffset ?? snapshot.endOffset),
    ...(await convertEnd(snapshot, source, 'classic')),
  ]);
  // A libvirt header says itself where the stream starts.
  await target.commit({ layout: 'classic' });
  return { from: 'mapped-ram', to: 'stream', pages, sizeBytes };
}

/** @throws MappedRamError `limit-exceeded` */
async function checkSize(snapshot: Snapshot): Promise<void> {
  const pages = snapshot.ramBlocks.reduce(
    (sum, { pageCount, ignored }) => sum + (ignored ? 0 : pageCount),
    0,
  );
  const dataBytes = await countDataBytes(snapshot);
  const [block] = snapshot.ramBlocks;
  const zeroPages = block === undefined ? 0 : pages - dataBytes / block.pageSize;
  checkClassicSize({ dataBytes, zeroPages }, '--large makes it all the same');
}

/** The section that ends the ram state: pages may come there at the latest. */
function lastRamSection({ sections }: Snapshot): ContinuingSection {
  const isEnd = (section: (typeof sections)[number]): section is ContinuingSection =>
    section.kind === 'end' && section.idstr === RAM_SECTION_IDSTR;
  const end = sections.find(isEnd);
  if (end === undefined) throw new TypeError('the snapshot is not complete');
  return end;
}

/** Every page has a record: what is not zero at the destination already has to be said. A page in a hole is zero. */
async function writePages(
  snapshot: Snapshot,
  records: ClassicRecords,
  { transport = pagesInTurn, onProgress }: TransformOptions,
): Promise<number> {
  const totalBytes = await countDataBytes(snapshot);
  let doneBytes = 0;
  let pages = 0;
  for (const [index, block] of snapshot.ramBlocks.entries()) {
    for await (const batch of snapshot.runs(block, { clear: true, withoutHoles: true })) {
      for (const { firstPage, pageCount } of batch) await records.zeroPages(index, firstPage, pageCount);
    }
    for await (const batch of transport.read(snapshot, block)) {
      await records.pages(index, batch);
      for (const { pageCount } of batch) {
        pages += pageCount;
        doneBytes += pageCount * block.pageSize;
      }
      onProgress?.({ doneBytes, totalBytes });
    }
  }
  return pages;
}
