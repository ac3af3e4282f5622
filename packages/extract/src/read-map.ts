import { derivePhysicalMap, type PhysicalMap } from '@mapped-ram/facts';
import type { Snapshot } from '@mapped-ram/reader';
import { checkMapArguments } from './check-extract-options.js';
import type { PhysicalOptions } from './extract-options.js';
import { resolveMap } from './given-map.js';
import { type SnapshotInput, withSnapshot } from './write-output.js';

/**
 * The guest-physical map of a snapshot: where the memory lies of which addresses.
 *
 * @throws MappedRamError `unsupported` where the machine's map is not known; what `withSnapshot` throws.
 * @throws RangeError where the given map does not fit the snapshot; TypeError, RangeError for an argument that is none.
 */
export async function readPhysicalMap(
  input: SnapshotInput,
  options: PhysicalOptions = {},
): Promise<PhysicalMap> {
  checkMapArguments(options);
  return withSnapshot(input, options, (snapshot) => mapOf(snapshot, options));
}

/** The map that was given, or else the machine's. */
export async function mapOf(snapshot: Snapshot, { map }: PhysicalOptions): Promise<PhysicalMap> {
  if (map === undefined) return derivePhysicalMap(snapshot);
  return { ranges: resolveMap(snapshot.ramBlocks, map), assumptions: [] };
}
