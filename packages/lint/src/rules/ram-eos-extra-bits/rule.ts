import { RamFlag } from '@mapped-ram/format';
import { hex } from '../../facts/quantities.js';
import { ramSections } from '../../facts/ram-sections.js';
import type { Rule } from '../../rule.js';

export const ramEosExtraBitsRule: Rule = {
  id: 'ram-eos-extra-bits',
  title: 'An EOS word has more bits than EOS',
  severity: 'note',
  needs: 'headers',
  clauses: ['EOS-3', 'FLAGS-4'],
  description: `The word that ends the body of a ram section is 0x10. QEMU ignores the flag CONTINUE and the address in it,
and never writes them.`,
  qemu: [{ outcome: 'restores', says: 'It ignores CONTINUE and the address beside EOS.' }],
  remedy: 'Nothing has to be done.',
  *check(context) {
    for (const { section, where } of ramSections(context)) {
      if (section.ram?.ended !== true) continue;
      const last = section.ram.words.at(-1);
      if (last === undefined || last.word === BigInt(RamFlag.eos)) continue;
      yield {
        message: `The EOS word is ${hex(last.word)}.`,
        span: { byteOffset: last.byteOffset, byteLength: 8 },
        where: `${where}.ram.words[${section.ram.words.length - 1}]`,
        expected: hex(RamFlag.eos),
        actual: hex(last.word),
      };
    }
  },
};
