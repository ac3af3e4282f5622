import {
  FORBIDDEN_RAM_FLAGS,
  Limits,
  MappedRamError,
  RAM_WORD_LENGTH_BYTES,
  RamFlag,
} from '@mapped-ram/format';
import type { RamWord } from '../model.js';
import type { SourceWindow } from '../window.js';
import type { BlockTableReader } from './block-table.js';
import type { RamBodyDraft } from './ram-body-draft.js';
import { readRamWord } from './ram-format.js';

/**
 * Reads the body of a ram section: words up to one with EOS, and the block table where a word announces one. Mirrors
 * `ram_load_precopy` (QEMU 9.0 to 11.1, migration/ram.c).
 *
 * @param draft What was read is put here, also where reading cannot go on.
 * @throws MappedRamError where QEMU refuses too: `forbidden-ram-flag`, `unknown-ram-flags`, `bad-block-table`; also
 * `not-mapped-ram`, `unexpected-end`, `limit-exceeded`, `value-too-large`.
 */
export async function readRamBody(
  window: SourceWindow,
  tables: BlockTableReader,
  draft: RamBodyDraft,
): Promise<void> {
  const { body } = draft;
  while (!body.ended) {
    const byteOffset = draft.endOffset;
    if (body.words.length >= Limits.ramWords) {
      const expected = `at most ${Limits.ramWords}`;
      throw new MappedRamError('limit-exceeded', { byteOffset, path: 'ram.words', expected });
    }
    const pageSize = await tables.format.pageSize(byteOffset);
    const word = await readRamWord(window, byteOffset, pageSize);
    body.words.push(word);
    draft.endOffset += RAM_WORD_LENGTH_BYTES;
    checkFlags(word);
    body.ended = (word.flags & RamFlag.eos) !== 0;
    if (!body.ended) await tables.read(word.word & ~BigInt(pageSize - 1), draft);
  }
}

/** Lets pass what QEMU acts upon: MEM_SIZE or EOS alone, beside CONTINUE. */
function checkFlags({ flags, byteOffset }: RamWord): void {
  const forbidden = flags & FORBIDDEN_RAM_FLAGS;
  if (forbidden !== 0) {
    throw new MappedRamError('forbidden-ram-flag', { byteOffset, path: 'ram', actual: forbidden });
  }
  const command = flags & ~RamFlag.continue;
  if (command !== RamFlag.memSize && command !== RamFlag.eos) {
    throw new MappedRamError('unknown-ram-flags', { byteOffset, path: 'ram', actual: flags });
  }
}
