import { countText } from '../../facts/quantities.js';
import type { Rule } from '../../rule.js';

export const classicPagesUnreadRule: Rule = {
  id: 'classic-pages-unread',
  title: 'Pages of a classic stream are stored as differences',
  severity: 'note',
  needs: 'headers',
  clauses: ['CLASSIC-5'],
  description: `With the capability \`xbzrle\` a live save stores a page that changed as a difference from what was sent of it before. QEMU
applies it when it restores. Here these records are walked over and their contents are not looked at, and no command reads the memory of
such a stream.`,
  qemu: [
    {
      outcome: 'restores',
      says: 'It applies the differences. A wrong one it refuses: `Failed to load XBZRLE page - decode error!`.',
    },
  ],
  remedy: 'Restore it in QEMU, with xbzrle off save it again, and every command reads it.',
  *check({ snapshot: { classic } }) {
    if (classic === undefined || classic.xbzrleRecords === 0) return;
    yield {
      message: `${countText(classic.xbzrleRecords, 'page')} ${classic.xbzrleRecords === 1 ? 'is' : 'are'} stored as differences from others (xbzrle).`,
      span: { byteOffset: classic.byteOffset, byteLength: 8 },
      where: 'ram',
    };
  },
};
