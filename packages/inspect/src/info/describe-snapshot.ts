import {
  bitmapIsInside,
  comparePages,
  isScannable,
  type PageFacts,
  readLibvirtDomain,
  SourcePageFinder,
} from '@mapped-ram/facts';
import {
  booleanOption,
  checkOptions,
  commands,
  functionOption,
  MappedRamError,
  signalOption,
} from '@mapped-ram/format';
import { describeGuest } from '@mapped-ram/guest';
import type { ByteSource, OpeningSection, RamBlock, Section, Snapshot } from '@mapped-ram/reader';
import { deviceSections } from '../devices/device-sections.js';
import { fingerprintOf } from './fingerprint.js';
import { saveCircumstances } from './save-circumstances.js';
import type {
  BlockInfo,
  DeviceInfo,
  DomainInfo,
  PageCounts,
  SectionInfo,
  SnapshotInfo,
} from './snapshot-info.js';

/** How much of the pages is searched for a guest's kernel without a deep look. */
const QUICK_SCAN_BYTES = 512 * 1024 * 1024;

/** How much to look at. */
export interface DescribeOptions {
  /** Read the contents of the pages too. */
  readonly deep?: boolean;
  /** Search up to 512 MiB of the pages for a guest's kernel, which leaves its traces early in its memory; a deep look does it in all of them. */
  readonly guest?: boolean;
  readonly signal?: AbortSignal;
  /** Of a deep look, in bytes of guest memory. */
  readonly onProgress?: (progress: { readonly doneBytes: number; readonly totalBytes: number }) => void;
}

/**
 * Describes a snapshot, good or bad.
 *
 * @param snapshot Opened from `source`, `tolerant` to get a description of a damaged file too.
 * @throws MappedRamError `read-failed`, and in a deep look as `Snapshot.pages` does; the signal's reason.
 */
export async function describeSnapshot(
  snapshot: Snapshot,
  source: ByteSource,
  options: DescribeOptions = {},
): Promise<SnapshotInfo> {
  checkOptions<DescribeOptions>(options, {
    deep: booleanOption,
    guest: booleanOption,
    signal: signalOption,
    onProgress: functionOption,
  });
  const { configuration, libvirt, ramBlocks } = snapshot;
  const { deep = false, guest = false } = options;
  const blocks = await describeBlocks(snapshot, source, options);
  return {
    path: source.name,
    sizeBytes: source.sizeBytes,
    allocatedBytes: source.allocatedBytes ?? null,
    streamOffset: snapshot.streamOffset,
    libvirt:
      libvirt === undefined
        ? null
        : {
            wasRunning: libvirt.wasRunning !== 0,
            format: libvirt.format,
            incomplete: libvirt.magic === 'LibvirtQemudPart',
            dataLengthBytes: libvirt.dataLengthBytes,
            domain: await describeDomain(snapshot, source),
          },
    machine: configuration?.machine ?? null,
    capabilities: configuration?.capabilities?.map(({ value }) => value) ?? [],
    uuid: configuration?.uuid ?? null,
    targetPageBits: configuration?.targetPageBits ?? null,
    layout: snapshot.ramLayout ?? null,
    save: await saveCircumstances(snapshot, source),
    ram: {
      usedLength: ramBlocks.reduce((sum, { usedLength }) => sum + usedLength, 0),
      pages: ramBlocks.reduce((sum, { pageCount }) => sum + pageCount, 0),
      setPages: sumOf(blocks, 'setPages'),
      zeroPages: sumOf(blocks, 'zeroPages'),
      stalePages: sumOf(blocks, 'stalePages'),
      storedZeroPages: sumOf(blocks, 'storedZeroPages'),
    },
    blocks,
    sections: snapshot.sections.map(describeSection),
    devices: deviceSections(snapshot).map(describeDevice),
    guest:
      deep || guest
        ? ((await describeGuest(snapshot, { deep, ...(!deep && { scanBytes: QUICK_SCAN_BYTES }) })) ?? null)
        : null,
    fingerprint: fingerprintOf(snapshot),
    problems: snapshot.problems.map(({ error, stopped }) => ({
      code: error.code,
      message: error.message,
      byteOffset: error.byteOffset ?? null,
      stopped,
    })),
  };
}

async function describeDomain(snapshot: Snapshot, source: ByteSource): Promise<DomainInfo | null> {
  const reading = await readLibvirtDomain(snapshot, source);
  if (reading?.kind !== 'read') return null;
  const { name, uuid = null, machine = null, memoryBytes = null, processors = null } = reading.domain;
  return { name, uuid, machine, memoryBytes, processors };
}

async function describeBlocks(
  snapshot: Snapshot,
  source: ByteSource,
  { deep = false, signal, onProgress }: DescribeOptions,
): Promise<BlockInfo[]> {
  const totalBytes = snapshot.ramBlocks.reduce((sum, { usedLength }) => sum + usedLength, 0);
  let doneBytes = 0;
  const onBytes = (lengthBytes: number) => {
    signal?.throwIfAborted();
    doneBytes += lengthBytes;
    onProgress?.({ doneBytes, totalBytes });
  };
  const scanner = new SourcePageFinder(source, signal);
  const all: BlockInfo[] = [];
  for (const block of snapshot.ramBlocks) {
    const isReadable = !block.ignored && bitmapIsInside(block, source.sizeBytes);
    const setPages = isReadable ? await snapshot.countSetPages(block) : null;
    const contents = deep && isReadable ? await contentsOf(snapshot, block, scanner, onBytes) : undefined;
    all.push({
      ...describeBlock(block),
      setPages,
      zeroPages: setPages === null ? null : block.pageCount - setPages,
      stalePages: contents?.unmarkedPages ?? null,
      storedZeroPages: contents?.storedZeroPages ?? null,
    });
  }
  return all;
}

/** Undefined where the file ends before the pages, or they have no size: that is not the reader's fault. */
async function contentsOf(
  snapshot: Snapshot,
  block: RamBlock,
  scanner: SourcePageFinder,
  onBytes: (lengthBytes: number) => void,
): Promise<PageFacts | undefined> {
  if (!isScannable(block)) return undefined;
  try {
    const onPages = (pageCount: number) => onBytes(pageCount * block.pageSize);
    return await comparePages(snapshot, block, scanner, { onPages });
  } catch (error) {
    if (error instanceof MappedRamError && error.code !== 'read-failed') return undefined;
    throw error;
  }
}

function describeBlock(block: RamBlock) {
  const { idstr, usedLength, pageSize, pageCount, bitmapOffset, pagesOffset, headerVersion, ignored } = block;
  const address = block.guestPhysicalAddress;
  return {
    id: idstr,
    usedLength,
    pageSize,
    pages: pageCount,
    bitmapOffset,
    pagesOffset,
    headerVersion,
    ignored,
    guestPhysicalAddress: address === undefined ? null : `0x${address.toString(16)}`,
  };
}

/** What a device's section says, without its state. */
export function describeDevice(section: OpeningSection): DeviceInfo {
  return {
    name: section.idstr,
    instanceId: section.instanceId,
    versionId: section.versionId,
    byteOffset: section.bodyOffset,
    lengthBytes: section.bodyLengthBytes,
    described: section.boundedBy !== 'footer-search',
  };
}

function describeSection(section: Section): SectionInfo {
  const { kind, byteOffset, byteLength } = section;
  const place = { byteOffset, lengthBytes: byteLength };
  if (section.kind === 'command') {
    return { kind, id: section.command, name: commands.get(section.command)?.name ?? '', ...place };
  }
  return { kind, id: section.sectionId, name: section.idstr ?? '', ...place };
}

/** The sum over blocks whose memory is in the file; null where a number is missing. */
function sumOf(blocks: readonly BlockInfo[], key: keyof PageCounts): number | null {
  return blocks
    .filter(({ ignored }) => !ignored)
    .reduce<number | null>(
      (sum, { [key]: count }) => (sum === null || count === null ? null : sum + count),
      0,
    );
}
