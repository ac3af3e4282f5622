import type { SparseImage } from '@mapped-ram/fixtures';
import { ascii } from './damage.js';

const HEADER_BYTES = 92;
const DATA_LENGTH_OFFSET = 20;
const COOKIE_OFFSET = 32;

/** Replaces something in the domain XML of a libvirt save image, and moves the cookie behind it. */
export function editXml(image: SparseImage, before: string, after: string): void {
  const length = Buffer.from(image.bytes(DATA_LENGTH_OFFSET, 4)).readUInt32LE();
  const text = Buffer.from(image.bytes(HEADER_BYTES, length)).toString('latin1');
  const [xml = '', cookie = ''] = text.split('\0');
  if (!xml.includes(before)) throw new RangeError(`the XML has no ${before}`);
  const edited = xml.replace(before, after);
  image.patch(HEADER_BYTES, ascii(`${edited}\0${cookie}\0`));
  setField(image, COOKIE_OFFSET, edited.length + 1);
}

/** Writes a number of libvirt's header, by its offset there. */
export function setField(image: SparseImage, byteOffset: number, value: number): void {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  image.patch(byteOffset, bytes);
}
