import type { Random } from './random.js';

/** How the made-up kernel lays out its structures; `vmcoreinfoText` says the same. */
export const Layout = {
  pageBytes: 64,
  lru: 8,
  private: 40,
  mapcount: 48,
  refcount: 52,
  orders: 11,
  types: 3,
  listBytes: 16,
  areaBytes: 56,
  spanned: 616,
  zoneBytes: 640,
  zonesPerNode: 3,
  nrZones: 1920,
  nodeStart: 1928,
  nodeSpanned: 1936,
  nodeBytes: 4096,
  framesPerSection: 1024,
} as const;

/** Where the made-up kernel has page structures and nodes. */
export const VMEMMAP = 0xffff_ea00_0000_0000n;
export const NODES = 0xffff_ffff_8010_2000n;

const BUDDY = -268_435_456;
const OFFLINE = -251_658_240;

/** A zone of the made-up guest. */
export interface SyntheticZone {
  readonly node: number;
  readonly index: number;
  readonly firstFrame: number;
  readonly frames: number;
}

/** A free run, and the list that it is in. */
export interface SyntheticRun {
  readonly frame: number;
  readonly order: number;
  readonly zone: number;
  readonly type: number;
}

/** Page structures, zones and free lists of a guest that never was, as Linux lays them out, to be damaged in tests. */
export class SyntheticMemoryMap {
  readonly frames: number;
  readonly zones: readonly SyntheticZone[];
  readonly runs: readonly SyntheticRun[];
  /** Page structures, one after another. */
  readonly pages: DataView;
  /** The nodes, each with its zones. */
  readonly nodes: DataView;
  /** Of each page whether it is in use. */
  readonly used: Uint8Array;

  /**
   * @param frames A multiple of {@link Layout.framesPerSection}.
   * @param reserved Pages that are in use whatever comes.
   */
  constructor(random: Random, frames: number, reserved: (frame: number) => boolean = () => false) {
    this.frames = frames;
    this.pages = new DataView(new ArrayBuffer(frames * Layout.pageBytes));
    this.used = new Uint8Array(frames).fill(1);
    this.zones = makeZones(random, frames);
    const nodeCount = (this.zones.at(-1)?.node ?? 0) + 1;
    this.nodes = new DataView(new ArrayBuffer(nodeCount * Layout.nodeBytes));
    for (let frame = 0; frame < frames; frame++) {
      this.setMapcount(frame, -1);
      this.setRefcount(frame, 1 + random.below(3));
    }
    this.runs = this.zones.flatMap((zone, position) => this.#makeRuns(random, zone, position, reserved));
    this.#writeZones();
    for (const [zone] of this.zones.entries()) this.#writeLists(random, zone);
  }

  setMapcount(frame: number, value: number): void {
    this.pages.setInt32(frame * Layout.pageBytes + Layout.mapcount, value, true);
  }

  setRefcount(frame: number, value: number): void {
    this.pages.setInt32(frame * Layout.pageBytes + Layout.refcount, value, true);
  }

  setOrder(frame: number, value: number): void {
    this.pages.setBigUint64(frame * Layout.pageBytes + Layout.private, BigInt(value), true);
  }

  markFree(frame: number): void {
    this.setMapcount(frame, BUDDY);
  }

  markOffline(frame: number): void {
    this.setMapcount(frame, OFFLINE);
  }

  setNext(frame: number, pointer: bigint): void {
    this.pages.setBigUint64(frame * Layout.pageBytes + Layout.lru, pointer, true);
  }

  setPrevious(frame: number, pointer: bigint): void {
    this.pages.setBigUint64(frame * Layout.pageBytes + Layout.lru + 8, pointer, true);
  }

  next(frame: number): bigint {
    return this.pages.getBigUint64(frame * Layout.pageBytes + Layout.lru, true);
  }

  previous(frame: number): bigint {
    return this.pages.getBigUint64(frame * Layout.pageBytes + Layout.lru + 8, true);
  }

  /** The pointer to a page in a list. */
  link(frame: number): bigint {
    return VMEMMAP + BigInt(frame * Layout.pageBytes + Layout.lru);
  }

  /** Where in `nodes` a zone begins. */
  zoneOffset(zone: number): number {
    const { node, index } = this.zones[zone] as SyntheticZone;
    return node * Layout.nodeBytes + index * Layout.zoneBytes;
  }

  /** Where in `nodes` a list begins. */
  listOffset(zone: number, order: number, type: number): number {
    return this.zoneOffset(zone) + order * Layout.areaBytes + type * Layout.listBytes;
  }

  /** Where in `nodes` it stands how many runs of an order a zone has. */
  countOffset(zone: number, order: number): number {
    return this.zoneOffset(zone) + order * Layout.areaBytes + Layout.types * Layout.listBytes;
  }

  /** Fits a list's chain to what its runs are: for damage that takes a run out of it, or puts one into it, cleanly. */
  chain(zone: number, order: number, type: number, frames: readonly number[]): void {
    const offset = this.listOffset(zone, order, type);
    const end = NODES + BigInt(offset);
    const links = frames.map((frame) => this.link(frame));
    this.nodes.setBigUint64(offset, links[0] ?? end, true);
    this.nodes.setBigUint64(offset + 8, links.at(-1) ?? end, true);
    for (const [index, frame] of frames.entries()) {
      this.setNext(frame, links[index + 1] ?? end);
      this.setPrevious(frame, links[index - 1] ?? end);
    }
  }

  #makeRuns(
    random: Random,
    { firstFrame, frames }: SyntheticZone,
    zone: number,
    reserved: (frame: number) => boolean,
  ): SyntheticRun[] {
    const runs: SyntheticRun[] = [];
    for (let frame = firstFrame; frame < firstFrame + frames; ) {
      const order = random.below(random.below(2) === 0 ? 3 : Layout.orders);
      const count = 2 ** order;
      const isInside = frame % count === 0 && frame + count <= firstFrame + frames;
      const isFree = isInside && random.below(3) > 0 && !anyOf(frame, count, reserved);
      if (!isFree) {
        frame++;
        continue;
      }
      runs.push({ frame, order, zone, type: random.below(Layout.types) });
      for (let page = frame; page < frame + count; page++) {
        this.used[page] = 0;
        this.setRefcount(page, 0);
      }
      this.markFree(frame);
      this.setOrder(frame, order);
      frame += count;
    }
    return runs;
  }

  #writeZones(): void {
    for (const [zone, { node, index, frames }] of this.zones.entries()) {
      this.nodes.setBigUint64(this.zoneOffset(zone) + Layout.spanned, BigInt(frames), true);
      const base = node * Layout.nodeBytes;
      this.nodes.setUint32(base + Layout.nrZones, index + 1, true);
      const inNode = this.zones.filter((one) => one.node === node);
      const first = inNode[0]?.firstFrame ?? 0;
      this.nodes.setBigUint64(base + Layout.nodeStart, BigInt(first), true);
      const total = inNode.reduce((sum, one) => sum + one.frames, 0);
      this.nodes.setBigUint64(base + Layout.nodeSpanned, BigInt(total), true);
    }
  }

  #writeLists(random: Random, zone: number): void {
    for (let order = 0; order < Layout.orders; order++) {
      const inArea = this.runs.filter((run) => run.zone === zone && run.order === order);
      this.nodes.setBigUint64(this.countOffset(zone, order), BigInt(inArea.length), true);
      for (let type = 0; type < Layout.types; type++) {
        const inList = inArea.filter((run) => run.type === type);
        this.chain(
          zone,
          order,
          type,
          random.shuffled(inList).map(({ frame }) => frame),
        );
      }
    }
  }
}

function makeZones(random: Random, frames: number): SyntheticZone[] {
  const zones: SyntheticZone[] = [];
  const nodes = 1 + random.below(2);
  const perNode = Math.floor(frames / nodes / 16) * 16;
  for (let node = 0; node < nodes; node++) {
    const start = node * perNode;
    const end = node === nodes - 1 ? frames : start + perNode;
    const parts = 1 + random.below(Layout.zonesPerNode);
    const cuts = Array.from(
      { length: parts - 1 },
      () => start + 16 * random.below(Math.floor((end - start) / 16)),
    );
    const edges = [start, ...cuts.sort((a, b) => a - b), end];
    for (let index = 0; index < parts; index++) {
      const [firstFrame = 0, next = 0] = [edges[index], edges[index + 1]];
      zones.push({ node, index, firstFrame, frames: next - firstFrame });
    }
  }
  return zones.filter(({ frames: count }) => count > 0);
}

function anyOf(frame: number, count: number, reserved: (frame: number) => boolean): boolean {
  for (let page = frame; page < frame + count; page++) if (reserved(page)) return true;
  return false;
}

/** What the made-up kernel tells of its layout. */
export function vmcoreinfoText(sections: number): string {
  const { pageBytes, lru, mapcount, refcount, orders, types, areaBytes, zoneBytes } = Layout;
  return `OSRELEASE=6.0.0-synthetic
PAGESIZE=4096
SYMBOL(init_uts_ns)=ffffffff80100000
OFFSET(uts_namespace.name)=0
SYMBOL(node_online_map)=ffffffff80101100
SYMBOL(_stext)=ffffffff80000000
SYMBOL(mem_section)=ffffffff80100400
LENGTH(mem_section)=${sections}
SIZE(mem_section)=16
OFFSET(mem_section.section_mem_map)=0
NUMBER(SECTION_SIZE_BITS)=22
NUMBER(MAX_PHYSMEM_BITS)=${22 + Math.log2(sections)}
SIZE(page)=${pageBytes}
SIZE(zone)=${zoneBytes}
SIZE(free_area)=${areaBytes}
SIZE(list_head)=16
SIZE(nodemask_t)=8
OFFSET(page._refcount)=${refcount}
OFFSET(page._mapcount)=${mapcount}
OFFSET(page.lru)=${lru}
OFFSET(page.private)=${Layout.private}
OFFSET(pglist_data.node_zones)=0
OFFSET(pglist_data.nr_zones)=${Layout.nrZones}
OFFSET(pglist_data.node_start_pfn)=${Layout.nodeStart}
OFFSET(pglist_data.node_spanned_pages)=${Layout.nodeSpanned}
OFFSET(zone.free_area)=0
OFFSET(zone.spanned_pages)=${Layout.spanned}
OFFSET(free_area.free_list)=0
OFFSET(list_head.next)=0
OFFSET(list_head.prev)=8
LENGTH(zone.free_area)=${orders}
LENGTH(free_area.free_list)=${types}
NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=${BUDDY}
NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=${OFFLINE}
NUMBER(phys_base)=0
SYMBOL(init_top_pgt)=ffffffff80200000
NUMBER(pgtable_l5_enabled)=0
SYMBOL(node_data)=ffffffff80101000
LENGTH(node_data)=8
KERNELOFFSET=0
NUMBER(sme_mask)=0
`;
}
