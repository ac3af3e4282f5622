import type { ClassicBlockPages } from '@mapped-ram/reader';
import { countText } from '../../facts/quantities.js';
import { walkedToEnd } from '../../facts/walk-stop.js';
import type { Rule } from '../../rule.js';

export const classicPagesMissingRule: Rule = {
  id: 'classic-pages-missing',
  title: 'Nothing came of some pages of a classic stream',
  severity: 'warning',
  needs: 'headers',
  clauses: ['CLASSIC-4'],
  description: `A save sends every page at least once, zero pages too. Where nothing comes of a page, it stays what the destination has
there: zero, or what is in its ROM. That is right for pages that the guest had reported as free (virtio-balloon with free-page-hint), and
for what virtio-mem holds; otherwise a part of the stream is missing, and the guest's memory with it. The stream does not tell which it is.

A block of which no page came, in a stream with \`x-ignore-shared\`, is one whose memory is kept elsewhere.`,
  qemu: [
    {
      outcome: 'restores',
      says: 'Completes without an error; these pages stay as the destination was started.',
    },
  ],
  remedy: 'Restore it where it does no harm, and look whether the guest is well; or save again.',
  *check(context) {
    const { classic } = context.snapshot;
    if (classic === undefined || !classic.isCounted || !walkedToEnd(context)) return;
    for (const block of classic.blocks.filter(lacksPages)) {
      yield {
        message: `Nothing came of ${countText(block.missingPages, 'page')} of ${countText(block.pageCount, 'page')} of block "${block.idstr}".`,
        span: { byteOffset: classic.byteOffset, byteLength: 8 },
        where: `ram.blocks[${block.index}]`,
      };
    }
  },
};

function lacksPages({ missingPages, pageCount, guestPhysicalAddress }: ClassicBlockPages): boolean {
  const isLeftOut = guestPhysicalAddress !== undefined && missingPages === pageCount;
  return missingPages > 0 && !isLeftOut;
}
