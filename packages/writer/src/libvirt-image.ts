import type { LibvirtSaveHeader } from '@mapped-ram/reader';

/** What libvirt calls the layouts of the stream in its save images (libvirt 11.3 to 12.9, qemu_saveimage.h). */
export const LibvirtFormat = { raw: 0, sparse: 6 } as const;

/** Version of the header, which libvirt writes and takes. */
export const LIBVIRT_VERSION = 2;

/** Of the numbers in libvirt's header, each of four bytes (libvirt 11.3 to 12.9, qemu_saveimage.h, `virQEMUSaveHeader`). */
const FieldOffset = {
  version: 16,
  dataLengthBytes: 20,
  wasRunning: 24,
  format: 28,
  cookieOffset: 32,
} as const;

/** Where the numbers end. What is behind them, up to the end of the header, is zeros. */
export const LIBVIRT_NUMBERS_END = 36;

const HEADER_BYTES = 92;

/** Room that libvirt leaves behind XML and cookie, so that `virsh save-image-define` can put longer XML there. */
const ROOM_BYTES = 64 * 1024;

/** The numbers of libvirt's header. */
export type LibvirtNumbers = Pick<LibvirtSaveHeader, keyof typeof FieldOffset>;

/** The first 36 bytes of libvirt's header: magic and numbers. */
export function libvirtHeader(
  magic: LibvirtSaveHeader['magic'],
  numbers: LibvirtNumbers,
  byteOrder: LibvirtSaveHeader['byteOrder'],
): Uint8Array {
  const bytes = new Uint8Array(LIBVIRT_NUMBERS_END);
  new TextEncoder().encodeInto(magic, bytes);
  const view = new DataView(bytes.buffer);
  for (const [name, byteOffset] of Object.entries(FieldOffset)) {
    view.setUint32(byteOffset, numbers[name as keyof LibvirtNumbers], byteOrder === 'le');
  }
  return bytes;
}

/** What a libvirt save image has in front of its stream. */
export interface LibvirtFront {
  /** The domain. */
  readonly xml: string;
  /** What libvirt itself has to remember, if anything: XML too. */
  readonly cookie?: string | undefined;
  /** Whether the guest goes on when the image is restored, unless virsh is told otherwise. */
  readonly wasRunning: boolean;
  /** One of {@link LibvirtFormat}. */
  readonly format: number;
}

/** Everything in front of the stream of a libvirt save image, as libvirt writes it on a little-endian host. */
export function libvirtImageFront({ xml, cookie, wasRunning, format }: LibvirtFront): Uint8Array {
  const encoder = new TextEncoder();
  const xmlBytes = encoder.encode(`${xml}\0`);
  const cookieBytes = cookie === undefined ? new Uint8Array() : encoder.encode(`${cookie}\0`);
  const dataLengthBytes = xmlBytes.length + cookieBytes.length + ROOM_BYTES;
  const numbers: LibvirtNumbers = {
    version: LIBVIRT_VERSION,
    dataLengthBytes,
    wasRunning: wasRunning ? 1 : 0,
    format,
    cookieOffset: cookie === undefined ? 0 : xmlBytes.length,
  };
  const front = new Uint8Array(HEADER_BYTES + dataLengthBytes);
  front.set(libvirtHeader('LibvirtQemudSave', numbers, 'le'));
  front.set(xmlBytes, HEADER_BYTES);
  front.set(cookieBytes, HEADER_BYTES + xmlBytes.length);
  return front;
}
