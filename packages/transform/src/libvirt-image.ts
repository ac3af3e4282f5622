import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource, LibvirtSaveHeader, StreamModel } from '@mapped-ram/reader';
import type { StreamPart } from '@mapped-ram/writer';

/** What libvirt calls the layouts of the stream in its save images (libvirt 11.3, qemu_saveimage.h). */
export const LibvirtFormat = { raw: 0, sparse: 6 } as const;

const COMPLETE_MAGIC = 'LibvirtQemudSave';

/** Version of the header, which libvirt writes and takes. */
export const LIBVIRT_VERSION = 2;

/** Of the numbers in libvirt's header, each of four bytes (libvirt 11.3, qemu_saveimage.h, `virQEMUSaveHeader`). */
const FieldOffset = {
  version: 16,
  dataLengthBytes: 20,
  wasRunning: 24,
  format: 28,
  cookieOffset: 32,
} as const;
const BEHIND_FIELDS = 36;

/** The numbers of libvirt's header. */
export type LibvirtNumbers = Pick<LibvirtSaveHeader, keyof typeof FieldOffset>;

/** What of libvirt's header is to be another. */
export interface LibvirtChanges extends Partial<LibvirtNumbers> {
  readonly isComplete?: boolean;
}

/** The first bytes of libvirt's header; what is behind them is zeros, up to 92 bytes. */
export function libvirtHeader(
  magic: LibvirtSaveHeader['magic'],
  numbers: LibvirtNumbers,
  byteOrder: LibvirtSaveHeader['byteOrder'],
): Uint8Array {
  const bytes = new Uint8Array(BEHIND_FIELDS);
  new TextEncoder().encodeInto(magic, bytes);
  const view = new DataView(bytes.buffer);
  for (const [name, byteOffset] of Object.entries(FieldOffset)) {
    view.setUint32(byteOffset, numbers[name as keyof LibvirtNumbers], byteOrder === 'le');
  }
  return bytes;
}

/**
 * What comes before the stream in a libvirt save image, with changes; nothing where the file is no such image.
 */
export function libvirtFront(
  { libvirt, streamOffset }: Pick<StreamModel, 'libvirt' | 'streamOffset'>,
  source: ByteSource,
  { isComplete = false, ...numbers }: LibvirtChanges,
): StreamPart[] {
  if (libvirt === undefined) return [];
  const magic = isComplete ? COMPLETE_MAGIC : libvirt.magic;
  return [
    libvirtHeader(magic, { ...libvirt, ...numbers }, libvirt.byteOrder),
    { source, byteOffset: BEHIND_FIELDS, byteLength: streamOffset - BEHIND_FIELDS },
  ];
}

/**
 * Makes sure that libvirt left the stream as QEMU wrote it.
 *
 * @throws MappedRamError `unsupported` where libvirt compressed it.
 */
export function checkNotCompressed({ libvirt }: Pick<StreamModel, 'libvirt'>): void {
  const format = libvirt?.format ?? LibvirtFormat.raw;
  if (format === LibvirtFormat.raw || format === LibvirtFormat.sparse) return;
  throw new MappedRamError('unsupported', {
    what: 'libvirt compressed the stream; have it save with save_image_format = "raw" or "sparse"',
    byteOffset: FieldOffset.format,
    path: 'libvirt.format',
    actual: format,
  });
}
