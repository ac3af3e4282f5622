import type { LinkReader } from './link-reader.js';
import type { MemoryMapScan } from './scan-memory-map.js';
import { walkFreeLists } from './walk-free-lists.js';
import { findZoneExtents, type ZoneExtent, zonesAround } from './zone-extents.js';
import type { Zone } from './zones.js';

/** What the free lists of a zone and the memory map say together. */
export interface ZoneVerdict extends ZoneExtent {
  readonly zone: Zone;
}

/**
 * Holds the two evidences of free pages against each other: the memory map, which says of each page what it is, and the lists of each zone.
 * A head counts where its {@link FreeHeads.zone} is that of a verdict without a fault. What the memory map has and no list does is a
 * fault of the zone in which it lies.
 *
 * @returns One for each zone, in their order.
 */
export function compareEvidence(
  { heads, badHeads }: Pick<MemoryMapScan, 'heads' | 'badHeads'>,
  zones: readonly Zone[],
  links: LinkReader,
): ZoneVerdict[] {
  const faults = zones.map((zone, position) => walkFreeLists(zone, position, heads, links));
  const extents = findZoneExtents(zones, heads);
  const blame = (frame: number, what: string) => {
    for (const index of zonesAround(frame, zones, extents)) faults[index] ??= what;
  };
  for (const frame of badHeads) {
    blame(
      frame,
      `page 0x${frame.toString(16)} is free by the memory map, but no run of free pages can begin there`,
    );
  }
  for (let index = 0; index < heads.length; index++) {
    if (heads.zone(index) !== 0) continue;
    const frame = heads.frame(index);
    blame(frame, `page 0x${frame.toString(16)} is free by the memory map, and in no list`);
  }
  return zones.map((zone, index) => {
    const { fault: extentFault, ...extent } = extents[index] as ZoneExtent;
    const fault = faults[index] ?? extentFault;
    return { ...extent, zone, ...(fault !== undefined && { fault }) };
  });
}
