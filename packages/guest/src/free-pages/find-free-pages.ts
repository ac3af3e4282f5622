import { findMachineMemory } from '@mapped-ram/facts';
import { booleanOption, checkOptions, functionOption } from '@mapped-ram/format';
import type { LinuxGuest } from '../linux-guest.js';
import { compareEvidence, type ZoneVerdict } from './agree.js';
import { LinkReader } from './link-reader.js';
import { readPageLayout } from './page-layout.js';
import { PageSet } from './page-set.js';
import { scanMemoryMap } from './scan-memory-map.js';
import { readSections } from './section-map.js';
import { findNodes, readZones } from './zones.js';

/** How to look for free pages. */
export interface FreePagesOptions {
  /** Count pages that a balloon or virtio-mem holds as free too. There is one evidence alone for them: the memory map. */
  readonly offline?: boolean | undefined;
  /** Told how many pages of the guest were looked at. */
  readonly onFrames?: ((frames: number) => void) | undefined;
}

/** The free pages of a zone. Pages are the guest's. */
export interface ZoneReport {
  readonly node: number;
  /** Position among the zones of its node. */
  readonly index: number;
  /** `DMA`, `DMA32`, `Normal`, as Linux calls a zone at this place. */
  readonly name: string;
  /** Number of its first page, and of the one behind its last. */
  readonly firstFrame: number;
  readonly endFrame: number;
  /** How many free runs of 2^order pages it has, by order; as the lists and the memory map agree. */
  readonly runs: readonly number[];
  readonly freePages: number;
  /** Why its pages do not count as free: the evidences do not agree, in words for people. */
  readonly fault?: string;
}

/** What is free in a guest. */
export interface FreePages {
  /** Bytes of a page of the guest. */
  readonly pageSize: number;
  readonly zones: readonly ZoneReport[];
  /** Pages of the guest that are free in zones without a fault. */
  readonly freePages: number;
  /** Pages that a balloon or virtio-mem holds. */
  readonly offlinePages: number;
  /** Free pages, and with `offline` those too, that are in memory of which nothing is dropped: neither main RAM nor that of a node. */
  readonly elsewherePages: number;
  /** The pages of RAM blocks that can be dropped. */
  readonly droppable: PageSet;
}

/** The places of zones on x86-64: below 16 MiB, below 4 GiB, above. */
const X86_ZONES: readonly (readonly [end: bigint, name: string])[] = [
  [0x100_0000n, 'DMA'],
  [0x1_0000_0000n, 'DMA32'],
];

/**
 * Finds the pages that a guest does not use, by two evidences that have to agree page by page: the memory map and the free lists.
 *
 * @throws MappedRamError `unsupported` where VMCOREINFO lacks what is needed, or the kernel's structures are not where they should be;
 * `limit-exceeded`; what reading pages throws.
 */
export async function findFreePages(guest: LinuxGuest, options: FreePagesOptions = {}): Promise<FreePages> {
  checkOptions<FreePagesOptions>(options, { offline: booleanOption, onFrames: functionOption });
  const { info, memory, physical } = guest;
  const layout = readPageLayout(info);
  const sections = await readSections(info, memory, physical.ranges);
  const zones = await readZones(info, memory, await findNodes(guest));
  const links = new LinkReader(sections, layout, zones);
  const { orders } = zones.layout;
  const scan = await scanMemoryMap(memory, sections, layout, links, orders, options.onFrames);
  const verdicts = compareEvidence(scan, zones.zones, links);

  const { pageSize } = info;
  const droppable = new PageSet(droppableRanges(guest));
  let elsewherePages = 0;
  const drop = (firstFrame: number, frames: number) => {
    const addedBytes = droppable.add(BigInt(firstFrame) * BigInt(pageSize), frames * pageSize);
    elsewherePages += frames - addedBytes / pageSize;
  };
  const runs = verdicts.map(() => new Array<number>(orders).fill(0));
  const { heads } = scan;
  for (let index = 0; index < heads.length; index++) {
    const zone = heads.zone(index) - 1;
    if (zone < 0) continue;
    const order = heads.order(index);
    (runs[zone] as number[])[order] = (runs[zone]?.[order] ?? 0) + 1;
    if (verdicts[zone]?.fault === undefined) drop(heads.frame(index), 2 ** order);
  }
  let offlinePages = 0;
  for (let index = 0; index < scan.offline.length; index += 2) {
    const [first = 0, count = 0] = scan.offline.slice(index, index + 2);
    offlinePages += count;
    if (options.offline === true) drop(first, count);
  }
  const reports = verdicts.map((verdict, index) => zoneReport(guest, verdict, runs[index] ?? []));
  const freePages = reports.reduce((sum, zone) => sum + (zone.fault === undefined ? zone.freePages : 0), 0);
  return { pageSize, zones: reports, freePages, offlinePages, elsewherePages, droppable };
}

function zoneReport(guest: LinuxGuest, verdict: ZoneVerdict, runs: readonly number[]): ZoneReport {
  const { zone, firstFrame, endFrame, fault } = verdict;
  return {
    node: zone.node,
    index: zone.index,
    name: zoneName(guest, firstFrame),
    firstFrame,
    endFrame,
    runs,
    freePages: runs.reduce((sum, count, order) => sum + count * 2 ** order, 0),
    ...(fault !== undefined && { fault }),
  };
}

function zoneName({ architecture, info }: LinuxGuest, firstFrame: number): string {
  const address = BigInt(firstFrame) * BigInt(info.pageSize);
  if (architecture === 'x86-64') return X86_ZONES.find(([end]) => address < end)?.[1] ?? 'Normal';
  return address < 0x1_0000_0000n ? 'DMA' : 'Normal';
}

/** The memory that the machine started with: main RAM, or that of its nodes. Where the rest is, the file does not say for certain. */
function droppableRanges({ snapshot, physical }: LinuxGuest) {
  const { base } = findMachineMemory(snapshot.ramBlocks, snapshot.configuration?.machine);
  return physical.ranges.filter(({ block }) => base.includes(block));
}
