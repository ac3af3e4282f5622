/** A stretch below 1 MiB whose reads go either to RAM or to what is behind it: ROM. */
export interface PamSegment {
  readonly address: number;
  readonly lengthBytes: number;
  readonly readsRam: boolean;
}

const READ_ENABLE = 1;
const FIRST_ADDRESS = 0xc0000;
const SEGMENT_BYTES = 0x4000;
const SEGMENTS = 12;
const LAST_ADDRESS = 0xf0000;
const LAST_BYTES = 0x10000;

/**
 * What the host bridge's "programmable attribute map" says (QEMU 9.0 to 11.1: hw/pci-host/pam.c, `init_pam` and
 * `pam_update`): the upper half of the first register is for 0xf0000; the halves of the following ones, the lower first,
 * for 16 KiB each from 0xc0000 on.
 *
 * @param config The bridge's configuration space.
 * @param offset Of the first register.
 */
export function pamSegments(config: Uint8Array, offset: number): PamSegment[] {
  const half = (index: number) => ((config[offset + (index >> 1)] ?? 0) >> (4 * (index & 1))) & 0xf;
  const segments = Array.from({ length: SEGMENTS }, (_, index) => ({
    address: FIRST_ADDRESS + index * SEGMENT_BYTES,
    lengthBytes: SEGMENT_BYTES,
    readsRam: (half(index + 2) & READ_ENABLE) !== 0,
  }));
  return [
    ...segments,
    { address: LAST_ADDRESS, lengthBytes: LAST_BYTES, readsRam: (half(1) & READ_ENABLE) !== 0 },
  ];
}
