import { isGuestMemory } from '@mapped-ram/facts';
import { bitmapLengthBytes } from '@mapped-ram/format';
import type { BlockFacts, LintContext } from '../../context.js';
import { countText, hex } from '../../facts/quantities.js';
import { targetPageSize } from '../../facts/target-page-size.js';
import type { Rule, RuleMatch } from '../../rule.js';
import { versionInRange } from '../../target.js';

/** The first release that compares the page size with its own (11.0 was run, too). */
const FIRST_TO_CHECK = '11.1';

/**
 * What a QEMU does that does not check: it counts pages by the header's size but places them by its own.
 *
 * @returns Undefined where that is what the rule says in general: pages at the end are not loaded.
 */
function uncheckedBehaviour(
  { block, bitmap }: BlockFacts,
  { target }: LintContext,
  pageSize: number,
): RuleMatch['behaviour'] {
  if (versionInRange(target.qemu, FIRST_TO_CHECK)) return undefined;
  const realPages = Math.floor(block.usedLength / pageSize);
  if (block.pageCount < realPages) {
    const seesAllBits = bitmapLengthBytes(realPages) === block.bitmapLengthBytes && bitmap?.tailBits === 0;
    if (!seesAllBits && !isGuestMemory(block)) {
      const says =
        'Does not check it; memory of a device that is not loaded stays as the destination made it.';
      return { outcome: 'restores', says };
    }
    if (!seesAllBits) return undefined;
    return {
      outcome: 'restores',
      says: 'Does not check it, and leaves out pages at the end that are zero anyway.',
    };
  }
  if (bitmap?.lastSetPage === undefined || bitmap.lastSetPage < realPages) {
    return { outcome: 'restores', says: 'Does not check it; the bits that it reads too many are clear.' };
  }
  return { outcome: 'refused', says: `\`page outside of ramblock ${block.idstr} range\`` };
}

export const pageSizeMismatchRule: Rule = {
  id: 'page-size-mismatch',
  title: "A mapped-ram header has another page size than the destination's",
  severity: 'warning',
  needs: 'bitmaps',
  clauses: ['HEADER-3', 'PLATFORM-1', 'BITMAP-1'],
  description: `The header of a block gives the size of a page on the target: it depends on the guest's architecture, not
on the host. QEMU 11.1 refuses another one than its own. QEMU 9.0 to 11.0 counts the pages by it, but places
them by its own: with a larger one the end of the memory stays empty without an error, with a smaller one it reads bits
behind the bitmap.

The destination's page size is taken from the target-page-bits of the configuration, from the vmdescription, or from
the other blocks.`,
  qemu: [
    {
      from: FIRST_TO_CHECK,
      outcome: 'refused',
      says: '`Migration mapped-ram header has invalid page_size ... (expected ...)`',
    },
    {
      outcome: 'wrong-memory',
      says: 'Completes without an error; pages at the end of the block are not loaded.',
    },
  ],
  remedy:
    "Write the target's page size into the header, if it was changed; else restore with QEMU of the same target.",
  *check(context) {
    const pageSize = targetPageSize(context);
    for (const facts of context.blocks) {
      const { block, where } = facts;
      // Those of 0 and of 2^53 and more have rules of their own.
      const isOwn = block.pageSize > 0 && block.pageSize < Number.MAX_SAFE_INTEGER;
      if (!isOwn || block.pageSize === pageSize) continue;
      const behaviour = uncheckedBehaviour(facts, context, pageSize);
      yield {
        message: `The header says pages of ${countText(block.pageSize, 'byte')}, the rest of the file pages of ${countText(pageSize, 'byte')}.`,
        span: { byteOffset: block.headerOffset + 4, byteLength: 8 },
        where: `${where}.pageSize`,
        expected: hex(pageSize),
        actual: hex(block.pageSize),
        metAt: block.headerOffset,
        ...(behaviour !== undefined && { behaviour }),
      };
    }
  },
};
