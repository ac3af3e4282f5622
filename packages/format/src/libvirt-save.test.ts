import { describe, expect, it } from 'vitest';
import { LibvirtSave } from './generated/libvirt-save.js';
import { SafeKaitaiStream } from './safe-kaitai-stream.js';

const xml = '<domain>größer</domain>';
const cookie = '<cookie/>';

/** A header with XML, a cookie, and some padding. */
function imageBytes(littleEndian: boolean, hasCookie: boolean): Uint8Array {
  const text = new TextEncoder().encode(`${xml}\0${cookie}\0`);
  const cookieOffset = text.length - cookie.length - 1;
  const bytes = new Uint8Array(92 + text.length + 6);
  bytes.set(new TextEncoder().encode('LibvirtQemudSave'));
  bytes.set(text, 92);
  const view = new DataView(bytes.buffer);
  const numbers = [2, text.length + 6, 1, 6, hasCookie ? cookieOffset : 0];
  numbers.forEach((number, index) => {
    view.setUint32(16 + 4 * index, number, littleEndian);
  });
  return bytes;
}

describe.each([true, false])('a libvirt header, little-endian: %s', (littleEndian) => {
  it('is read in its own byte order', () => {
    const bytes = imageBytes(littleEndian, true);
    const image = new LibvirtSave(new SafeKaitaiStream(bytes));
    expect(image).toMatchObject({ magic: 'LibvirtQemudSave', isBigEndian: !littleEndian, xml, cookie });
    expect(image.version.value).toBe(2);
    expect(image.format.value).toBe(LibvirtSave.Format.SPARSE);
    expect(image.ofsStream).toBe(bytes.length);
  });

  it('may have no cookie', () => {
    const image = new LibvirtSave(new SafeKaitaiStream(imageBytes(littleEndian, false)));
    expect(image).toMatchObject({ xml, cookie: undefined });
  });
});
