import { isGuestMemory, objectIdOf, privateFileBackends } from '@mapped-ram/facts';
import type { ClassicBlockPages } from '@mapped-ram/reader';
import type { LintContext } from '../../context.js';
import { countText } from '../../facts/quantities.js';
import { walkedOverMemory } from '../../facts/walk-stop.js';
import type { Rule } from '../../rule.js';

export const classicPagesMissingRule: Rule = {
  id: 'classic-pages-missing',
  title: 'Nothing came of some pages of a classic stream',
  severity: 'warning',
  needs: 'headers',
  clauses: ['CLASSIC-4'],
  description: `A save sends every page at least once, zero pages too. Where nothing comes of a page, it stays what the destination has
there: zero, or what is in its ROM. That is right for pages that the guest had reported as free (virtio-balloon with free-page-hint), and
for what virtio-mem holds: in a machine with one of them the stream does not tell, and the finding is a warning. In every other machine a part of the
stream is missing, and the guest's memory with it.

A block of which no page came is one whose memory is kept elsewhere, in a stream with \`x-ignore-shared\`, and in a libvirt image whose
XML maps it from a file, as \`mr clone\` makes it.`,
  qemu: [
    {
      outcome: 'wrong-memory',
      says: 'Completes without an error; these pages stay as the destination was started.',
    },
  ],
  remedy:
    'Save again. Where the guest may have reported these pages as free, restore it where it does no harm, and look whether it is well.',
  *check(context) {
    const { classic } = context.snapshot;
    if (classic === undefined || !classic.isCounted || !walkedOverMemory(context)) return;
    const { domain } = context;
    const mapped = privateFileBackends(domain?.kind === 'read' ? domain.domain.qemuArguments : []);
    for (const block of classic.blocks.filter((one) => lacksPages(one, mapped))) {
      yield {
        message: `Nothing came of ${countText(block.missingPages, 'page')} of ${countText(block.pageCount, 'page')} of block "${block.idstr}".`,
        span: { byteOffset: classic.byteOffset, byteLength: 8 },
        where: `ram.blocks[${block.index}]`,
        ...(mayBeLeftOut(context, block) && { behaviour: UNTOLD }),
      };
    }
  },
};

const UNTOLD = {
  outcome: 'restores',
  says: 'Completes without an error; these pages stay as the destination was started, which may be right.',
} as const;

/** Whether a save may leave pages out: those that a device has the guest give back, and a ROM is the destination's own. */
function mayBeLeftOut({ snapshot }: LintContext, block: ClassicBlockPages): boolean {
  if (!isGuestMemory(block)) return true;
  return snapshot.sections.some(
    (section) => section.kind === 'full' && /virtio-(balloon|mem)/.test(section.idstr),
  );
}

function lacksPages(
  { idstr, missingPages, pageCount, guestPhysicalAddress }: ClassicBlockPages,
  mapped: ReadonlySet<string>,
): boolean {
  const isElsewhere = guestPhysicalAddress !== undefined || mapped.has(objectIdOf({ idstr }) ?? '');
  const isLeftOut = isElsewhere && missingPages === pageCount;
  return missingPages > 0 && !isLeftOut;
}
