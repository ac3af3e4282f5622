import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import type { PackedSource } from '../packed-source.js';
import type { Lead } from './lead.js';
import { extentsFrom } from './lead.js';

/**
 * What was packed, out of the frames alone, as every zstd decoder gives it. What a reader goes by first has to be the same, or
 * nothing is given (PACK-12).
 *
 * @returns A source that fails with `bad-packed-file` where the lead holds other bytes. Closing it closes the packed file.
 */
export function frameSource(packed: PackedSource): ByteSource {
  const { name, sizeBytes, lead } = packed;
  return {
    name,
    sizeBytes,
    async read(target, byteOffset) {
      const filled = await packed.readFrames(target, byteOffset);
      if (lead !== undefined) holdAgainstLead(lead, target.subarray(0, filled), byteOffset);
      return filled;
    },
    close: () => packed.close(),
  };
}

/**
 * What a lead holds is what a reader goes by first, so it has to be what is in the file.
 *
 * @param bytes Out of the frames.
 * @throws MappedRamError `bad-packed-file`.
 */
export function holdAgainstLead(lead: Lead, bytes: Uint8Array, byteOffset: number): void {
  const end = byteOffset + bytes.length;
  for (const extent of extentsFrom(lead, byteOffset)) {
    if (extent.byteOffset >= end) return;
    const from = Math.max(byteOffset, extent.byteOffset);
    const to = Math.min(end, extent.byteOffset + extent.bytes.length);
    const held = extent.bytes.subarray(from - extent.byteOffset, to - extent.byteOffset);
    if (held.every((byte, index) => byte === bytes[from - byteOffset + index])) continue;
    throw new MappedRamError('bad-packed-file', {
      what: 'the lead holds other bytes than the frames',
      path: 'lead',
      byteOffset: from,
    });
  }
}
