import type { Architecture, PhysicalMap } from '@mapped-ram/facts';
import {
  encodeVmcoreinfoNote,
  findLinuxGuest,
  type PhysicalMemory,
  readDeviceNote,
  type Vmcoreinfo,
  type VmcoreinfoOrigin,
} from '@mapped-ram/guest';
import type { Snapshot } from '@mapped-ram/reader';

/** VMCOREINFO as a note for a core. */
export interface KernelNote {
  readonly note: Uint8Array;
  readonly origin: VmcoreinfoOrigin;
}

/** What is known of the guest. */
export interface KernelNoteOptions {
  readonly architecture: Architecture | undefined;
  readonly littleEndian: boolean;
  /** What the user says that VMCOREINFO is. */
  readonly given: Vmcoreinfo | undefined;
}

/**
 * The note about the guest's kernel that tools need: as the guest has left it with the vmcoreinfo device; else made out of what stands in
 * its memory.
 *
 * @returns undefined where there is none.
 * @throws MappedRamError `unsupported` where what was given is not of this guest; as reading device state and pages does.
 */
export async function findKernelNote(
  snapshot: Snapshot,
  memory: PhysicalMemory,
  map: PhysicalMap,
  { architecture, littleEndian, given }: KernelNoteOptions,
): Promise<KernelNote | undefined> {
  const left = given === undefined ? await readDeviceNote(snapshot, memory, littleEndian) : undefined;
  if (left !== undefined) return { note: left, origin: 'device' };
  if (architecture !== 'x86' && architecture !== 'arm') return undefined;
  const guest = await findLinuxGuest(snapshot, { map, given });
  return guest && { note: encodeVmcoreinfoNote(guest.info), origin: guest.origin };
}
