import {
  findVirtioQueues,
  type OpeningSection,
  type Snapshot,
  type VirtioDeviceQueues,
} from '@mapped-ram/reader';
import type { VirtioDevice } from './ring-limit.js';
import { stateNameOf } from './state-name.js';

/** A virtio device, and where its state is. */
export interface SavedVirtioDevice extends VirtioDevice {
  readonly section: OpeningSection;
  /** `sections[4]` */
  readonly where: string;
}

/** The state of a virtio device has 100 KiB at most, but for what a display holds. */
const MAX_STATE_BYTES = 4 * 1024 * 1024;

/** A bus has 32 slots of 8 functions. */
const MAX_DEVICES = 4096;

/** The virtio devices of a snapshot, in the order of the stream. One whose state cannot be read is left out. */
export async function virtioDevices(snapshot: Snapshot): Promise<SavedVirtioDevice[]> {
  const found: SavedVirtioDevice[] = [];
  for (const [index, section] of snapshot.sections.entries()) {
    if (section.kind !== 'full' || section.bodyLengthBytes > MAX_STATE_BYTES) continue;
    const state = stateNameOf(snapshot, section);
    if (!state.startsWith('virtio-') || found.length === MAX_DEVICES) continue;
    const queues = await readQueues(snapshot, section);
    if (queues !== undefined) found.push({ ...queues, section, where: `sections[${index}]`, state });
  }
  return found;
}

async function readQueues(
  snapshot: Snapshot,
  section: OpeningSection,
): Promise<VirtioDeviceQueues | undefined> {
  try {
    return findVirtioQueues(section.idstr, await snapshot.readDeviceState(section), section.bodyOffset);
  } catch {
    return undefined;
  }
}
