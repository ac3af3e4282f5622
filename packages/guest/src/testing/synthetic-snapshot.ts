import { memorySource, openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { type SyntheticOptions, syntheticFile } from './synthetic-file.js';
import type { SyntheticMemoryMap } from './synthetic-memory-map.js';

/** The snapshot that is in the file which {@link syntheticFile} makes. */
export async function syntheticSnapshot(
  seed: number,
  options: SyntheticOptions = {},
): Promise<{ snapshot: Snapshot; map: SyntheticMemoryMap }> {
  const { bytes, map } = await syntheticFile(seed, options);
  return { snapshot: await openSnapshot(memorySource(bytes)), map };
}
