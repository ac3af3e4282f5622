/**
 * The flags in the low bits of a word of the ram section. Which bits are flags and which are address is
 * decided by the destination's page size: `page_size - 1` is the mask.
 *
 * Mirrors the `RAM_SAVE_FLAG_*` values that `ram_load_precopy` reads (QEMU 9.0 to 11.1, migration/ram.c).
 */
export const RamFlag = {
  zero: 0x02,
  memSize: 0x04,
  page: 0x08,
  eos: 0x10,
  continue: 0x20,
  xbzrle: 0x40,
  hook: 0x80,
  compressPage: 0x100,
  multifdFlush: 0x200,
} as const;

/**
 * The flags that QEMU refuses in a mapped-ram stream ("Unexpected RAM flags"), because pages never lie in the
 * stream itself and nothing has to be synchronised. Flags that are unknown to QEMU (COMPRESS_PAGE since 9.1 among
 * them) are refused too, as an unknown combination.
 */
export const FORBIDDEN_RAM_FLAGS =
  RamFlag.zero | RamFlag.page | RamFlag.xbzrle | RamFlag.hook | RamFlag.multifdFlush;

/**
 * Names the flags in a word, for people: `MEM_SIZE`, `EOS | CONTINUE`, `EOS | 0x400`, `none`.
 *
 * @param flags The word's flag bits alone, below 2^31.
 */
export function describeRamFlags(flags: number): string {
  const names: string[] = [];
  let rest = flags;
  for (const [name, bit] of Object.entries(RamFlag)) {
    if ((flags & bit) === 0) continue;
    names.push(name.replace(/[A-Z]/g, '_$&').toUpperCase());
    rest &= ~bit;
  }
  if (rest !== 0) names.push(`0x${rest.toString(16)}`);
  return names.length === 0 ? 'none' : names.join(' | ');
}
