import { shorterRing, virtioDevices } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource, Snapshot } from '@mapped-ram/reader';
import { hasChange, type QemuVersion } from '@mapped-ram/releases';
import type { Repair } from './repair-report.js';

/** Bytes that are to be others, in the file as it is. */
interface Patch {
  readonly byteOffset: number;
  readonly bytes: Uint8Array;
}

/** The rings to shorten, for a QEMU that takes none that is longer than its queue. */
export interface RingRepair {
  readonly patches: readonly Patch[];
  readonly repairs: readonly Repair[];
}

/**
 * Finds the rings of virtio queues that a QEMU refuses for being longer than its queues. Those that no driver has set up can be
 * shortened, since a driver asks for their length before it sets them up.
 *
 * @throws MappedRamError `unsupported` where a driver uses such a ring
 */
export async function findRingsToShorten(snapshot: Snapshot, qemu: QemuVersion): Promise<RingRepair> {
  const patches: Patch[] = [];
  const repairs: Repair[] = [];
  if (hasChange('ringSizeChecked', qemu) !== 'yes') return { patches, repairs };
  for (const device of await virtioDevices(snapshot)) {
    const before = patches.length;
    for (const [index, { ringSize, ringSizeOffset, isSetUp }] of device.queues.entries()) {
      const size = shorterRing(device, index);
      if (size === undefined) continue;
      if (isSetUp) {
        throw new MappedRamError('unsupported', {
          what: `a driver of the guest uses queue ${index} of ${device.section.idstr} with more entries than the queue of QEMU ${qemu} has, so it cannot be shortened`,
          byteOffset: ringSizeOffset,
          path: `${device.where}.queues[${index}]`,
          expected: `at most ${size}`,
          actual: ringSize,
        });
      }
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setUint32(0, size);
      patches.push({ byteOffset: ringSizeOffset, bytes });
    }
    const count = patches.length - before;
    if (count === 0) continue;
    const rings = count === 1 ? 'the ring of a queue' : `the rings of ${count} queues`;
    const message = `${rings} of ${device.section.idstr}, which no driver has set up, got the length that QEMU ${qemu} has`;
    repairs.push({ kind: 'virtio-rings', message });
  }
  return { patches, repairs };
}

/** A source of which some bytes read as others. @param patches not across each other */
export function patchedSource(source: ByteSource, patches: readonly Patch[]): ByteSource {
  if (patches.length === 0) return source;
  return {
    ...source,
    name: source.name,
    sizeBytes: source.sizeBytes,
    async read(target, byteOffset) {
      const lengthBytes = await source.read(target, byteOffset);
      for (const patch of patches) {
        for (const [index, byte] of patch.bytes.entries()) {
          const at = patch.byteOffset + index - byteOffset;
          if (at >= 0 && at < lengthBytes) target[at] = byte;
        }
      }
      return lengthBytes;
    },
    close: () => source.close(),
  };
}
