import { LibvirtSave, MappedRamError, SafeKaitaiStream } from '@mapped-ram/format';
import { compressions } from './compression.js';

const MAGICS = ['LibvirtQemudSave', 'LibvirtQemudPart'] as const;
const MAGIC_BYTES = 16;

/** Offset of the format's number in the header. */
const FORMAT_OFFSET = 28;

/** What the header of libvirt says of what comes behind it. */
export interface LibvirtFront {
  /** Where the stream starts, in bytes. */
  readonly streamOffset: number;
  readonly format: number;
  /** The bytes of the header that say that the stream is as QEMU wrote it. */
  readonly rawFormat: { readonly byteOffset: number; readonly bytes: Uint8Array };
}

/** Reads the header of a save image, in which the stream is compressed; undefined for every other file. */
export function readCompressedFront(head: Uint8Array): LibvirtFront | undefined {
  const magic = String.fromCharCode(...head.subarray(0, MAGIC_BYTES));
  if (!MAGICS.some((known) => known === magic)) return undefined;
  try {
    const io = new SafeKaitaiStream(head, 0);
    const { format, lenData } = new LibvirtSave(io);
    if (!compressions.some(({ libvirtFormat }) => libvirtFormat === format.value)) return undefined;
    return {
      streamOffset: io.pos + lenData.value,
      format: format.value,
      // Zero is the same in either byte order.
      rawFormat: { byteOffset: FORMAT_OFFSET, bytes: new Uint8Array(4) },
    };
  } catch (error) {
    // A header that is cut is told of by whoever reads the file as it is.
    if (error instanceof MappedRamError) return undefined;
    throw error;
  }
}
