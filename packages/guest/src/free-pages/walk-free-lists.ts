import { type FreeHeads, LIST_LINK } from './free-heads.js';
import type { LinkReader } from './link-reader.js';
import type { Zone } from './zones.js';

/**
 * Follows a zone's free lists from end to end, and marks the heads that it meets. Each must be one by the memory map too, of the same order,
 * point back to where the list came from, and be in no other list; and as many as the zone counts.
 *
 * @param position Position among all zones.
 * @returns What does not agree, in words for people; undefined where all does.
 */
export function walkFreeLists(
  zone: Zone,
  position: number,
  heads: FreeHeads,
  links: LinkReader,
): string | undefined {
  for (const [order, { count, lists }] of zone.areas.entries()) {
    let met = 0;
    for (const [type, list] of lists.entries()) {
      const end = links.listLink(position, order, type);
      let from = end;
      for (let link = links.linkOf(list.next); link !== end; ) {
        const head = link < LIST_LINK ? heads.find(link) : -1;
        if (head === -1)
          return `a list of order ${order} leads to ${describe(link)}, which is no free page by the memory map`;
        const frame = `page 0x${link.toString(16)}`;
        if (heads.zone(head) !== 0) return `${frame} is met twice in the lists`;
        if (heads.order(head) !== order)
          return `${frame} of order ${heads.order(head)} is in a list of order ${order}`;
        if (heads.previous(head) !== from) return `${frame} does not lead back to where its list came from`;
        heads.setZone(head, position + 1);
        met++;
        from = link;
        link = heads.next(head);
      }
      if (links.linkOf(list.previous) !== from)
        return `a list of order ${order} does not end where it should`;
    }
    if (met !== count) return `${met} runs of order ${order} are in the lists, and ${count} are counted`;
  }
  return undefined;
}

function describe(link: number): string {
  return link < LIST_LINK ? `page 0x${link.toString(16)}` : 'no page';
}
