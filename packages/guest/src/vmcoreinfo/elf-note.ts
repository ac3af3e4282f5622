import { MAX_VMCOREINFO_BYTES, Vmcoreinfo } from './vmcoreinfo.js';

/** Lengths of name and contents, and the type. */
export const NOTE_HEADER_BYTES = 12;

/** The name of the note (Linux: include/linux/vmcore_info.h, `VMCOREINFO_NOTE_NAME`), as it stands in it. */
const NOTE_NAME = new TextEncoder().encode('VMCOREINFO\0');

/** Where in the kernel's note the text begins: behind header and padded name. */
export const NOTE_TEXT_OFFSET = NOTE_HEADER_BYTES + NOTE_NAME.length + notePadding(NOTE_NAME.length);

/** The bytes after something in a note, up to the next multiple of 4. */
export function notePadding(lengthBytes: number): number {
  return (4 - (lengthBytes % 4)) % 4;
}

/** The ELF note that the kernel would have left with the vmcoreinfo device. Little-endian. */
export function encodeVmcoreinfoNote({ text }: Vmcoreinfo): Uint8Array {
  const contents = new TextEncoder().encode(text);
  const note = new Uint8Array(NOTE_TEXT_OFFSET + contents.length + notePadding(contents.length));
  const view = new DataView(note.buffer);
  view.setUint32(0, NOTE_NAME.length, true);
  view.setUint32(4, contents.length, true);
  note.set(NOTE_NAME, NOTE_HEADER_BYTES);
  note.set(contents, NOTE_TEXT_OFFSET);
  return note;
}

/** VMCOREINFO out of its note; undefined where the note is another, or of another byte order. */
export function decodeVmcoreinfoNote(note: Uint8Array): Vmcoreinfo | undefined {
  const hasName = NOTE_NAME.every((byte, index) => note[NOTE_HEADER_BYTES + index] === byte);
  return hasName ? decodeVmcoreinfoText(note.subarray(NOTE_TEXT_OFFSET)) : undefined;
}

/** VMCOREINFO out of bytes that begin with its text, which ends at the first NUL or with them. */
export function decodeVmcoreinfoText(bytes: Uint8Array): Vmcoreinfo {
  const whole = bytes.subarray(0, MAX_VMCOREINFO_BYTES);
  const end = whole.indexOf(0);
  return new Vmcoreinfo(new TextDecoder('latin1').decode(end === -1 ? whole : whole.subarray(0, end)));
}
