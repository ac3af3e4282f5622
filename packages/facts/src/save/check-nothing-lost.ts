import { MappedRamError } from '@mapped-ram/format';
import type { UnmarkedPages, UnmarkedReport } from './find-unmarked-pages.js';

/**
 * Refuses where something that goes by the bitmaps would lose memory, or might.
 *
 * @param otherwise What helps beside `mr repair`: the end of a sentence.
 * @throws MappedRamError `unmarked-pages`.
 */
export function checkNothingLost({ blocks, manner }: UnmarkedReport, otherwise: string): void {
  const doubtful = blocks.filter(({ meaning }) => meaning !== 'stale');
  const first = doubtful.find(({ meaning }) => meaning === 'lost') ?? doubtful[0];
  if (first === undefined) return;
  const { block, firstPage, meaning } = first;
  const which = `${doubtful.map(inWords).join(', ')} hold data that the bitmap does not mark`;
  const why =
    meaning === 'lost'
      ? `it is memory and would be lost, since ${manner.because}; mr repair marks them`
      : `it is memory, or was left behind: ${manner.because}; mr repair --mark-pages marks them`;
  throw new MappedRamError('unmarked-pages', {
    what: `${which}: ${why}, ${otherwise}; the first is`,
    path: `ram.blocks[${block.index}].pages[${firstPage}]`,
    byteOffset: block.pagesOffset + firstPage * block.pageSize,
  });
}

function inWords({ block, pageCount }: UnmarkedPages): string {
  return `${pageCount} ${pageCount === 1 ? 'page' : 'pages'} of ${block.idstr}`;
}
