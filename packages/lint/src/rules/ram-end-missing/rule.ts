import { bitmapLoss } from '../../facts/bitmap-loss.js';
import { hasRamSection } from '../../facts/ram-sections.js';
import type { Rule } from '../../rule.js';

export const ramEndMissingRule: Rule = {
  id: 'ram-end-missing',
  title: 'The ram section was not ended',
  severity: 'warning',
  needs: 'bitmaps',
  clauses: ['SECTION-7', 'COMPLETE-1'],
  description: `QEMU writes the bitmaps, and then the END of the ram section. A file without END may have been made by
something that never wrote the bitmaps (see \`background-snapshot\`), or was changed afterwards. QEMU does not notice.`,
  qemu: [{ outcome: 'restores', says: 'It does not notice.' }],
  remedy: 'Compare the restored memory with the source if you can, or save again.',
  *check(context) {
    const { endMarkerOffset } = context.snapshot;
    if (endMarkerOffset === undefined) return;
    if (!hasRamSection(context, 'start') || hasRamSection(context, 'end')) return;
    if (bitmapLoss(context) === 'background-snapshot') return;
    yield {
      message: 'The stream ends without an END of the ram section.',
      span: { byteOffset: endMarkerOffset, byteLength: 1 },
      where: 'sections',
    };
  },
};
