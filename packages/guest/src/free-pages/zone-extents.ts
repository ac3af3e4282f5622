import type { FreeHeads } from './free-heads.js';
import type { Zone } from './zones.js';

/** The pages among which a zone's are. */
export interface ZoneExtent {
  readonly firstFrame: number;
  readonly endFrame: number;
  /** What does not agree with the lists, in words for people. */
  readonly fault?: string;
}

/**
 * Where zones lie. VMCOREINFO tells how long each is, not where it begins; but in a node one follows the other, and the free pages that
 * are in a zone's lists must lie in it. (Linux: mm/mm_init.c, `calculate_node_totalpages`.)
 *
 * @param heads With their zones, as the lists have them.
 */
export function findZoneExtents(zones: readonly Zone[], heads: FreeHeads): ZoneExtent[] {
  const lowest = zones.map(() => Number.POSITIVE_INFINITY);
  const highest = zones.map(() => 0);
  for (let index = 0; index < heads.length; index++) {
    const zone = heads.zone(index) - 1;
    if (zone < 0) continue;
    const frame = heads.frame(index);
    lowest[zone] = Math.min(lowest[zone] as number, frame);
    highest[zone] = Math.max(highest[zone] as number, frame + 2 ** heads.order(index));
  }
  const extents: ZoneExtent[] = [];
  for (const [index, { node, nodeFirstFrame, nodeFrames, spannedFrames }] of zones.entries()) {
    const before = zones[index - 1]?.node === node ? (extents[index - 1]?.endFrame ?? 0) : nodeFirstFrame;
    const firstFrame = Math.max(before, (highest[index] as number) - spannedFrames);
    const endFrame = firstFrame + spannedFrames;
    const isWithin = (lowest[index] as number) >= firstFrame && endFrame <= nodeFirstFrame + nodeFrames;
    if (isWithin) extents.push({ firstFrame, endFrame });
    else {
      const fault = 'its lists hold pages that are not in it';
      extents.push({ firstFrame: before, endFrame: before + spannedFrames, fault });
    }
  }
  return extents;
}

/** The zones in which a page may be: the one around it; where none is, those of all nodes around it; else all. */
export function zonesAround(
  frame: number,
  zones: readonly Zone[],
  extents: readonly ZoneExtent[],
): readonly number[] {
  const all = zones.map((_, index) => index);
  const inZone = all.filter((index) => {
    const { firstFrame = 0, endFrame = 0, fault } = extents[index] ?? {};
    return fault === undefined && frame >= firstFrame && frame < endFrame;
  });
  if (inZone.length > 0) return inZone;
  const inNode = all.filter((index) => {
    const { nodeFirstFrame, nodeFrames } = zones[index] as Zone;
    return frame >= nodeFirstFrame && frame < nodeFirstFrame + nodeFrames;
  });
  return inNode.length > 0 ? inNode : all;
}
