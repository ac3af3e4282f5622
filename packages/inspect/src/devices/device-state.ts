import type { BodyBound, OpeningSection, Snapshot, StateNode, Vmdescription } from '@mapped-ram/reader';
import type { DeviceId } from './device-sections.js';

/** A device's section with its state as far as it can be told. */
export interface DeviceState extends DeviceId {
  readonly versionId: number;
  /** Where the state lies in the file, and its length, without the section's header and footer. */
  readonly byteOffset: number;
  readonly lengthBytes: number;
  /** How the end of the state was found; `footer-search` means that nothing describes it. */
  readonly boundedBy: BodyBound;
  /** The decoded state: it accounts for every byte. Absent where the vmdescription does not describe the device. */
  readonly state?: StateNode;
}

/**
 * Decodes the state of a device.
 *
 * @param description The vmdescription to go by instead of the file's own: another snapshot's of the same machine and
 * QEMU, for a file that was saved without.
 * @throws MappedRamError `device-state-mismatch` where the description does not fit, and as `decodeDeviceState` does.
 */
export async function readDeviceState(
  snapshot: Snapshot,
  section: OpeningSection,
  description?: Vmdescription,
): Promise<DeviceState> {
  const state = await snapshot.decodeDeviceState(section, description);
  return {
    name: section.idstr,
    instanceId: section.instanceId,
    versionId: section.versionId,
    byteOffset: section.bodyOffset,
    lengthBytes: section.bodyLengthBytes,
    boundedBy: section.boundedBy,
    ...(state !== undefined && { state }),
  };
}
