import { derivePhysicalMap, type PhysicalMap } from '@mapped-ram/facts';
import type { Snapshot } from '@mapped-ram/reader';
import type { ExtractOptions } from './extract-options.js';
import { type GivenRange, resolveMap } from './given-map.js';
import { withSnapshot } from './write-output.js';

/** How to extract by guest-physical address. */
export interface PhysicalOptions extends ExtractOptions {
  /** The guest-physical map; derived from the machine if not given. */
  readonly map?: readonly GivenRange[] | undefined;
}

/**
 * The guest-physical map of a snapshot: where the memory lies of which addresses.
 *
 * @throws MappedRamError `unsupported` where the machine's map is not known; what `withSnapshot` throws.
 * @throws RangeError where the given map does not fit the snapshot.
 */
export function readPhysicalMap(path: string, options: PhysicalOptions = {}): Promise<PhysicalMap> {
  return withSnapshot(path, options, (snapshot) => mapOf(snapshot, options));
}

/** The map that was given, or else the machine's. */
export async function mapOf(snapshot: Snapshot, { map }: PhysicalOptions): Promise<PhysicalMap> {
  if (map === undefined) return derivePhysicalMap(snapshot);
  return { ranges: resolveMap(snapshot.ramBlocks, map), assumptions: [] };
}
