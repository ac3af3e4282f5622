import { SectionType } from '@mapped-ram/format';

/** The type byte and the length byte before a subsection's name, and the be32 version after it. */
const OVERHEAD_BYTES = 6;
const VERSION_BYTES = 4;

/** The header of a subsection: type, name and version. */
export function subsectionHeader(name: string, version: number): Uint8Array {
  const encoded = new TextEncoder().encode(name);
  const header = new Uint8Array(encoded.length + OVERHEAD_BYTES);
  header[0] = SectionType.subsection;
  header[1] = encoded.length;
  header.set(encoded, 2);
  new DataView(header.buffer).setUint32(2 + encoded.length, version);
  return header;
}

/**
 * Whether bytes are a header to QEMU, which keeps the lowest byte of the version only (QEMU 9.0 to 11.1,
 * migration/vmstate.c, `vmstate_subsection_load`).
 */
export function isSubsectionHeader(bytes: Uint8Array, header: Uint8Array): boolean {
  const versionAt = header.length - VERSION_BYTES;
  const isIgnored = (index: number) => index >= versionAt && index < header.length - 1;
  return (
    bytes.length === header.length && bytes.every((byte, index) => isIgnored(index) || byte === header[index])
  );
}
