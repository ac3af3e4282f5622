import type { PhysicalRange } from '@mapped-ram/facts';
import { compareEvidence, type ZoneVerdict } from '../free-pages/agree.js';
import { LinkReader } from '../free-pages/link-reader.js';
import { readPageLayout } from '../free-pages/page-layout.js';
import { type MemoryMapScan, scanMemoryMap } from '../free-pages/scan-memory-map.js';
import { readSections } from '../free-pages/section-map.js';
import { readZones } from '../free-pages/zones.js';
import { VirtualMemory } from '../memory/virtual-memory.js';
import { Vmcoreinfo } from '../vmcoreinfo/vmcoreinfo.js';
import { Layout, NODES, type SyntheticMemoryMap, VMEMMAP, vmcoreinfoText } from './synthetic-memory-map.js';

/** Stretches of memory by their addresses, without page tables. */
class FlatMemory extends VirtualMemory {
  readonly #stretches: readonly (readonly [address: bigint, bytes: Uint8Array])[];

  constructor(stretches: readonly (readonly [bigint, Uint8Array])[]) {
    super(undefined as never, undefined as never);
    this.#stretches = stretches;
  }

  override async tryRead(address: bigint, lengthBytes: number): Promise<Uint8Array | undefined> {
    for (const [start, bytes] of this.#stretches) {
      const at = Number(address - start);
      if (at >= 0 && at + lengthBytes <= bytes.length) return bytes.slice(at, at + lengthBytes);
    }
    return undefined;
  }
}

/** Page structures, and what the kernel has around them, as VMCOREINFO says. */
export function syntheticMemory(map: SyntheticMemoryMap): [address: bigint, bytes: Uint8Array][] {
  const sections = new DataView(new ArrayBuffer((map.frames / Layout.framesPerSection) * 16));
  for (let at = 0; at < sections.byteLength; at += 16) sections.setBigUint64(at, VMEMMAP | 3n, true);
  const nodeCount = map.nodes.byteLength / Layout.nodeBytes;
  const pointers = new DataView(new ArrayBuffer(0x108));
  for (let node = 0; node < nodeCount; node++) {
    pointers.setBigUint64(node * 8, NODES + BigInt(node * Layout.nodeBytes), true);
  }
  pointers.setBigUint64(0x100, BigInt(2 ** nodeCount - 1), true);
  const bytes = ({ buffer }: DataView) => new Uint8Array(buffer as ArrayBuffer);
  return [
    [VMEMMAP, bytes(map.pages)],
    [NODES, bytes(map.nodes)],
    [0xffff_ffff_8010_0400n, bytes(sections)],
    [0xffff_ffff_8010_1000n, bytes(pointers)],
  ];
}

/** What the two evidences of a made-up guest say. */
export async function evidenceOf(
  map: SyntheticMemoryMap,
): Promise<{ scan: MemoryMapScan; verdicts: ZoneVerdict[] }> {
  const info = new Vmcoreinfo(vmcoreinfoText(map.frames / Layout.framesPerSection));
  const memory = new FlatMemory(syntheticMemory(map));
  const ranges = [{ address: 0n, lengthBytes: map.frames * 4096 } as PhysicalRange];
  const layout = readPageLayout(info);
  const sections = await readSections(info, memory, ranges);
  const zones = await readZones(info, memory, { kind: 'pointers', address: info.symbol('node_data') });
  const links = new LinkReader(sections, layout, zones);
  const scan = await scanMemoryMap(memory, sections, layout, links, zones.layout.orders);
  return { scan, verdicts: compareEvidence(scan, zones.zones, links) };
}

/** The pages that both evidences call free, in zones without a fault. */
export function freeFrames({
  scan: { heads },
  verdicts,
}: {
  scan: MemoryMapScan;
  verdicts: readonly ZoneVerdict[];
}): number[] {
  const frames: number[] = [];
  for (let index = 0; index < heads.length; index++) {
    const zone = heads.zone(index);
    if (zone === 0 || verdicts[zone - 1]?.fault !== undefined) continue;
    for (let page = 0; page < 2 ** heads.order(index); page++) frames.push(heads.frame(index) + page);
  }
  return frames;
}
