import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource, StreamModel } from '@mapped-ram/reader';
import {
  LIBVIRT_NUMBERS_END,
  LibvirtFormat,
  type LibvirtNumbers,
  libvirtHeader,
  type StreamPart,
} from '@mapped-ram/writer';

const COMPLETE_MAGIC = 'LibvirtQemudSave';
const FORMAT_OFFSET = 28;

/** What of libvirt's header is to be another. */
export interface LibvirtChanges extends Partial<LibvirtNumbers> {
  readonly isComplete?: boolean;
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
    { source, byteOffset: LIBVIRT_NUMBERS_END, byteLength: streamOffset - LIBVIRT_NUMBERS_END },
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
    what: 'the libvirt header says that the stream is compressed, and what lies behind it is not compressed so',
    byteOffset: FORMAT_OFFSET,
    path: 'libvirt.format',
    actual: format,
  });
}
