import { MappedRamError } from '@mapped-ram/format';
import type { LinuxGuest } from '../linux-guest.js';
import type { VirtualMemory } from '../memory/virtual-memory.js';
import { readSymbols } from '../symbols/kernel-symbols.js';
import type { Vmcoreinfo } from '../vmcoreinfo/vmcoreinfo.js';

const POINTER_BYTES = 8;
const MAX_NODES = 1024;
const MAX_ZONES = 8;
const MAX_ORDERS = 32;
const MAX_TYPES = 32;

/** A zone of a guest's memory: what its free lists begin and end with. */
export interface Zone {
  readonly node: number;
  /** Position among the zones of its node. */
  readonly index: number;
  /** Number of the first page of its node. */
  readonly nodeFirstFrame: number;
  readonly nodeFrames: number;
  /** Pages from its first to its last one, with the holes between. */
  readonly spannedFrames: number;
  /** Where its free lists are. */
  readonly areasAddress: bigint;
  /** For each order, what the free lists of each type begin and end with, and how many runs are free. */
  readonly areas: readonly FreeArea[];
}

/** The lists of free runs of one order. */
export interface FreeArea {
  /** `nr_free` */
  readonly count: number;
  readonly lists: readonly { readonly next: bigint; readonly previous: bigint }[];
}

/** How the guest's kernel lays out zones (Linux: include/linux/mmzone.h). */
export interface ZoneLayout {
  readonly areaBytes: number;
  /** Where in an area its lists begin. */
  readonly listsOffset: number;
  readonly listBytes: number;
  readonly orders: number;
  readonly types: number;
}

/** All zones with memory, and how they are laid out. */
export interface Zones {
  readonly layout: ZoneLayout;
  readonly zones: readonly Zone[];
}

/**
 * Reads the zones of all nodes.
 *
 * @throws MappedRamError `unsupported` where VMCOREINFO lacks what is needed, or they are not in memory; as reading pages does.
 */
export async function readZones(info: Vmcoreinfo, memory: VirtualMemory, nodes: NodeTable): Promise<Zones> {
  const layout = readLayout(info);
  const next = info.offsetIn('list_head', 'next', POINTER_BYTES);
  const previous = info.offsetIn('list_head', 'prev', POINTER_BYTES);
  const zoneBytes = info.size('zone');
  const areasOffset = info.offset('zone.free_area');
  const areasBytes = layout.orders * layout.areaBytes;
  const spannedOffset = info.offsetIn('zone', 'spanned_pages', POINTER_BYTES);
  if (areasOffset + areasBytes > zoneBytes) absurd('free lists of a zone');

  const zones: Zone[] = [];
  for (const { node, address } of await readNodes(info, memory, nodes)) {
    const at = (member: string) => address + BigInt(info.offset(`pglist_data.${member}`));
    const zoneCount = await memory.u32(at('nr_zones'), 'the number of zones');
    if (zoneCount > MAX_ZONES) absurd('number of zones');
    const nodeFirstFrame = Number(await memory.u64(at('node_start_pfn'), 'the first page of a node'));
    const nodeFrames = Number(await memory.u64(at('node_spanned_pages'), 'the pages of a node'));
    for (let index = 0; index < zoneCount; index++) {
      const zoneAddress = at('node_zones') + BigInt(index * zoneBytes);
      const bytes = await memory.read(zoneAddress, zoneBytes, 'a zone');
      const spannedFrames = Number(bytes.getBigUint64(spannedOffset, true));
      if (spannedFrames === 0) continue;
      const areas = Array.from({ length: layout.orders }, (_, order): FreeArea => {
        const area = areasOffset + order * layout.areaBytes;
        const lists = Array.from({ length: layout.types }, (_unused, type) => {
          const list = area + layout.listsOffset + type * layout.listBytes;
          return {
            next: bytes.getBigUint64(list + next, true),
            previous: bytes.getBigUint64(list + previous, true),
          };
        });
        const count = bytes.getBigUint64(area + layout.listsOffset + layout.types * layout.listBytes, true);
        return { count: Number(count), lists };
      });
      const areasAddress = zoneAddress + BigInt(areasOffset);
      zones.push({ node, index, nodeFirstFrame, nodeFrames, spannedFrames, areasAddress, areas });
    }
  }
  return { layout, zones };
}

function readLayout(info: Vmcoreinfo): ZoneLayout {
  const layout = {
    areaBytes: info.size('free_area'),
    listsOffset: info.offset('free_area.free_list'),
    listBytes: info.size('list_head'),
    orders: info.length('zone.free_area'),
    types: info.length('free_area.free_list'),
  };
  const { areaBytes, listsOffset, listBytes, orders, types } = layout;
  const countEnd = listsOffset + types * listBytes + POINTER_BYTES;
  if (orders > MAX_ORDERS || types > MAX_TYPES || countEnd > areaBytes) absurd('free lists');
  return layout;
}

/** Where a kernel has the data of its nodes: pointers to them, or, without NUMA, that of the only one. */
export interface NodeTable {
  readonly kind: 'pointers' | 'only';
  readonly address: bigint;
}

/**
 * Finds the data of the nodes. VMCOREINFO of x86-64 tells where it is; that of arm64 does not, and then the kernel's symbols do.
 *
 * @throws MappedRamError as `readSymbols` does; `unsupported` where they do not tell it either.
 */
export async function findNodes(guest: LinuxGuest): Promise<NodeTable> {
  const { info } = guest;
  if (info.has('SYMBOL(node_data)')) return { kind: 'pointers', address: info.symbol('node_data') };
  if (info.has('SYMBOL(contig_page_data)')) return { kind: 'only', address: info.symbol('contig_page_data') };
  const symbols = await readSymbols(guest);
  const pointers = symbols.find('node_data');
  if (pointers !== undefined) return { kind: 'pointers', address: pointers.address };
  return { kind: 'only', address: symbols.address('contig_page_data') };
}

/** The nodes that are online. */
async function readNodes(
  info: Vmcoreinfo,
  memory: VirtualMemory,
  { kind, address: table }: NodeTable,
): Promise<{ node: number; address: bigint }[]> {
  if (kind === 'only') return [{ node: 0, address: table }];
  const maskBits = info.size('nodemask_t') * 8;
  const length = info.has('LENGTH(node_data)') ? info.length('node_data') : maskBits;
  const count = Math.min(length, MAX_NODES, maskBits);
  const online = await memory.read(
    info.symbol('node_online_map'),
    Math.ceil(count / 64) * 8,
    'the map of the nodes that are online',
  );
  const nodes: { node: number; address: bigint }[] = [];
  for (let node = 0; node < count; node++) {
    if (((online.getUint8(node >> 3) >> (node & 7)) & 1) === 0) continue;
    const pointer = table + BigInt(node * POINTER_BYTES);
    nodes.push({ node, address: await memory.u64(pointer, 'the data of a node') });
  }
  return nodes;
}

function absurd(what: string): never {
  throw new MappedRamError('unsupported', {
    what: `the guest has, by its VMCOREINFO, ${what} that cannot be`,
  });
}
