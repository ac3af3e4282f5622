import {
  type Architecture,
  architectureOf,
  type PhysicalMap,
  readDevices,
  type StateFields,
} from '@mapped-ram/facts';
import { PhysicalMemory, type Vmcoreinfo } from '@mapped-ram/guest';
import type { Snapshot } from '@mapped-ram/reader';
import { checkMemoryWhole } from './check-memory-whole.js';
import type { CoreProcessors } from './cpu/core-description.js';
import { describeProcessors } from './cpu/describe-processors.js';
import { encodeNotes } from './elf/elf-note.js';
import type { PhysicalOptions } from './extract-options.js';
import { findKernelNote, type KernelNote } from './kernel-note.js';
import { mapOf } from './read-map.js';
import type { SnapshotPlace } from './write-output.js';

/** The machine of which a core is made, in whichever format. */
export interface CoreMachine {
  readonly map: PhysicalMap;
  readonly architecture: Architecture | undefined;
  readonly processors: readonly StateFields[];
  readonly description: CoreProcessors;
  readonly memory: PhysicalMemory;
}

/**
 * Reads the machine's map and processors, of which all memory has to be there.
 *
 * @throws MappedRamError `unsupported` where one of them is not known; as `checkMemoryWhole`; what reading throws.
 * @throws RangeError where the given map does not fit the snapshot.
 */
export async function readCoreMachine(
  snapshot: Snapshot,
  place: SnapshotPlace,
  options: PhysicalOptions,
): Promise<CoreMachine> {
  const map = await mapOf(snapshot, options);
  const blocks = map.ranges.map(({ block }) => block);
  await checkMemoryWhole(snapshot, place, blocks, options);
  const processors = await readDevices(snapshot, 'cpu');
  const architecture = architectureOf(snapshot);
  const description = describeProcessors(architecture, processors, map.ranges);
  return { map, architecture, processors, description, memory: new PhysicalMemory(snapshot, map.ranges) };
}

/** The notes of a core. */
export interface CoreNotes {
  /** Those of the processors, and the one about the guest's kernel behind them. */
  readonly notes: Buffer;
  readonly kernel: KernelNote | undefined;
  /** Where in `notes` that of the kernel starts. */
  readonly kernelOffset: number;
}

/**
 * Makes the notes.
 *
 * @param given VMCOREINFO, in place of what the guest has left.
 * @throws MappedRamError as `findKernelNote`.
 */
export async function makeCoreNotes(
  snapshot: Snapshot,
  { map, architecture, description, memory }: CoreMachine,
  given: Vmcoreinfo | undefined,
): Promise<CoreNotes> {
  const { littleEndian } = description;
  const kernel = await findKernelNote(snapshot, memory, map, { architecture, littleEndian, given });
  const ofProcessors = encodeNotes(description.notes, description);
  const notes = Buffer.concat([ofProcessors, kernel?.note ?? new Uint8Array()]);
  return { notes, kernel, kernelOffset: ofProcessors.length };
}
