import type { RamBlockTable, RamBody, RamWord } from '../model.js';
import type { Mutable } from './mutable.js';

/** A body of a ram section while it is being read. */
export interface RamBodyDraft {
  readonly body: Mutable<RamBody> & { readonly words: RamWord[]; readonly blockTables: RamBlockTable[] };
  /** Where reading has come to. */
  endOffset: number;
}

/** A body of which nothing was read yet. */
export function ramBodyDraft(bodyOffset: number): RamBodyDraft {
  return { body: { words: [], blockTables: [], ended: false }, endOffset: bodyOffset };
}
