import { SectionType } from '@mapped-ram/format';
import type { LintContext } from '../context.js';
import { ramWords } from './ram-sections.js';

/**
 * What may explain a word of the ram section that is none: without an EOS word the footer, 0x7e and the section's id,
 * is read as a word.
 *
 * @param byteOffset Where the word lies.
 * @returns The end of a sentence, or nothing.
 */
export function missingEosHint(context: LintContext, byteOffset: number | undefined): string {
  const word = ramWords(context).find((candidate) => candidate.byteOffset === byteOffset)?.word;
  const readsFooter = word !== undefined && word >> 56n === BigInt(SectionType.footer);
  return readsFooter ? '; the EOS word before the footer is missing' : '';
}
