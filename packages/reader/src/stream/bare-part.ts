import {
  RAM_SECTION_IDSTR,
  RAM_WORD_LENGTH_BYTES,
  RamFlag,
  SECTION_FOOTER_LENGTH_BYTES,
  SectionType,
} from '@mapped-ram/format';
import type { ContinuingSection } from '../model.js';

const HEADER_LENGTH_BYTES = 5;
const FOOTER_OFFSET = HEADER_LENGTH_BYTES + RAM_WORD_LENGTH_BYTES;

/** Length of a part of a section that has one word, and a footer. */
export const BARE_PART_LENGTH_BYTES = FOOTER_OFFSET + SECTION_FOOTER_LENGTH_BYTES;

/**
 * A part of the ram section in which nothing is but its end, if one stands there whole and with its footer. A live save has one for each time that it
 * looked for changed pages, hundreds of them, and each reads as a section that was parsed does.
 *
 * @param bytes From the part's start on.
 * @param isRam Whether a section's id is that of `ram`.
 */
export function barePartOf(
  bytes: Uint8Array,
  byteOffset: number,
  isRam: (sectionId: number) => boolean,
): ContinuingSection | undefined {
  const type = bytes[0];
  if (type !== SectionType.part && type !== SectionType.end) return undefined;
  if (bytes[FOOTER_OFFSET] !== SectionType.footer) return undefined;
  if (uint32At(bytes, HEADER_LENGTH_BYTES) !== 0) return undefined;
  if (uint32At(bytes, HEADER_LENGTH_BYTES + 4) !== RamFlag.eos) return undefined;
  const sectionId = uint32At(bytes, 1);
  if (uint32At(bytes, FOOTER_OFFSET + 1) !== sectionId || !isRam(sectionId)) return undefined;
  const bodyOffset = byteOffset + HEADER_LENGTH_BYTES;
  const word = { byteOffset: bodyOffset, word: BigInt(RamFlag.eos), flags: RamFlag.eos };
  return {
    kind: type === SectionType.part ? 'part' : 'end',
    byteOffset,
    byteLength: BARE_PART_LENGTH_BYTES,
    bodyOffset,
    bodyLengthBytes: RAM_WORD_LENGTH_BYTES,
    boundedBy: 'grammar',
    sectionId,
    idstr: RAM_SECTION_IDSTR,
    ram: { words: [word], blockTables: [], ended: true },
    footer: { byteOffset: byteOffset + FOOTER_OFFSET, byteLength: SECTION_FOOTER_LENGTH_BYTES, sectionId },
  };
}

/** Big endian, as all of the stream. */
function uint32At(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let index = at; index < at + 4; index++) value = value * 256 + (bytes[index] as number);
  return value;
}
