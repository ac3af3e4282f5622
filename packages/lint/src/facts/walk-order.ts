import { RAM_WORD_LENGTH_BYTES } from '@mapped-ram/format';
import type { BlockFacts, LintContext } from '../context.js';

/**
 * Puts places of the file into the order in which QEMU comes to them. That is the order of the file, unless a block's
 * length or offset leads back: then what lies before may be met after.
 *
 * @returns A function from a place and what it is in (`ram.blocks[2].pageSize`) to a number that grows as the restore
 * goes on.
 */
export function walkOrder(context: LintContext): (byteOffset: number, where: string) => number {
  const { blocks, file, snapshot } = context;
  const leadsBack = ({ block }: BlockFacts): boolean =>
    !block.ignored && block.pagesOffset + block.usedLength < block.byteOffset;
  if (!blocks.some(leadsBack)) return (byteOffset) => byteOffset;
  const tableOffset = blocks[0]?.block.byteOffset ?? 0;
  const memSizeOffset = tableOffset - RAM_WORD_LENGTH_BYTES;
  const startIndex = snapshot.sections.findIndex(
    ({ kind, ...section }) => kind === 'start' && 'ram' in section,
  );
  // One leg up to the first entry, one up to each other, and one behind the table.
  const legOf = (byteOffset: number, where: string): number => {
    const [, list, index] = /^(ram\.blocks|sections)\[(\d+)\]/.exec(where) ?? [];
    if (list === 'ram.blocks') return Number(index);
    if (list === 'sections') return Number(index) > startIndex ? blocks.length : 0;
    const isBehindTable = where === 'ram' ? byteOffset !== memSizeOffset : byteOffset >= tableOffset;
    return isBehindTable ? blocks.length : 0;
  };
  const lengthBytes = file.sizeBytes + 1;
  return (byteOffset, where) => legOf(byteOffset, where) * lengthBytes + Math.min(byteOffset, file.sizeBytes);
}
