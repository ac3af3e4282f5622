import { readDevices } from '@mapped-ram/facts';
import type { Snapshot } from '@mapped-ram/reader';
import type { PhysicalMemory } from '../memory/physical-memory.js';
import { NOTE_HEADER_BYTES, notePadding } from './elf-note.js';

const FORMAT_ELF = 1n;

/** More is not believed, as in QEMU. */
const MAX_NOTE_BYTES = 1024 * 1024;

/**
 * The note that the guest's kernel has left about itself with the vmcoreinfo device, for tools that read its dumps: VMCOREINFO with
 * Linux (QEMU: hw/misc/vmcoreinfo.c, dump/dump.c `dump_init`).
 *
 * @returns The whole note; undefined where the guest has left none, or none that can be one.
 * @throws MappedRamError as reading device state and pages does.
 */
export async function readDeviceNote(
  snapshot: Snapshot,
  memory: PhysicalMemory,
  littleEndian: boolean,
): Promise<Uint8Array | undefined> {
  const [device] = await readDevices(snapshot, 'vmcoreinfo');
  if (!device?.boolean('has_vmcoreinfo')) return undefined;
  const lengthBytes = Number(device.integer('vmcoreinfo.size'));
  const isElf = device.integer('vmcoreinfo.guest_format') === FORMAT_ELF;
  if (!isElf || lengthBytes < NOTE_HEADER_BYTES || lengthBytes > MAX_NOTE_BYTES) return undefined;
  const bytes = await memory.read(device.integer('vmcoreinfo.paddr'), lengthBytes);
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [nameBytes, contentsBytes] = [view.getUint32(0, littleEndian), view.getUint32(4, littleEndian)];
  const noteBytes =
    NOTE_HEADER_BYTES + nameBytes + notePadding(nameBytes) + contentsBytes + notePadding(contentsBytes);
  return noteBytes <= lengthBytes ? bytes.subarray(0, noteBytes) : undefined;
}
