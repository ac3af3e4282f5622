import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource, StreamModel } from '@mapped-ram/reader';
import type { StreamPart } from '@mapped-ram/writer';

/** What libvirt calls the layouts of the stream in its save images (libvirt 11.3, qemu_saveimage.h). */
export const LibvirtFormat = { raw: 0, sparse: 6 } as const;

const MAGIC_BYTES = 16;
const FORMAT_OFFSET = 28;
const COMPLETE_MAGIC = 'LibvirtQemudSave';

/** What of libvirt's header is to be another. */
export interface LibvirtChanges {
  readonly format?: number;
  readonly isComplete?: true;
}

/**
 * What comes before the stream in a libvirt save image, with changes; nothing where the file is no such image.
 */
export function libvirtFront(
  { libvirt, streamOffset }: Pick<StreamModel, 'libvirt' | 'streamOffset'>,
  source: ByteSource,
  changes: LibvirtChanges,
): StreamPart[] {
  if (libvirt === undefined) return [];
  const copy = (from: number, to: number): StreamPart => ({
    source,
    byteOffset: from,
    byteLength: to - from,
  });
  const magic = new TextEncoder().encode(changes.isComplete === true ? COMPLETE_MAGIC : libvirt.magic);
  const format = new Uint8Array(4);
  new DataView(format.buffer).setUint32(0, changes.format ?? libvirt.format, libvirt.byteOrder === 'le');
  const behindFormat = FORMAT_OFFSET + format.length;
  return [magic, copy(MAGIC_BYTES, FORMAT_OFFSET), format, copy(behindFormat, streamOffset)];
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
    byteOffset: FORMAT_OFFSET,
    path: 'libvirt.format',
    actual: format,
  });
}
