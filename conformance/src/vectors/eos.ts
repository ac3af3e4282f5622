import { vector } from '../builder/define.js';
import { be } from '../builder/mutation.js';

/** The words that end the bodies of ram's sections. */
export const eosVectors = [
  vector('eos/missing-in-part', {
    what: 'A PART has no EOS word: its footer follows the id at once.',
    why: 'The reader takes the footer and what follows for a word.',
    clauses: ['EOS-1', 'FLAGS-3'],
    stage: 'ram-words',
    outcome: 'rejected',
    rules: ['ram-flag-forbidden'],
    mutate: (m) => m.remove(m.ramPart().eosOffset, m.ramPart().bodyEnd),
  }),
  vector('eos/missing-in-start', {
    what: 'START has no EOS word after the last block’s pages.',
    why: 'The reader comes out of the pages region and takes the footer for a word.',
    clauses: ['EOS-1', 'LAYOUT-4'],
    stage: 'ram-words',
    outcome: 'rejected',
    rules: ['ram-flags-unknown'],
    mutate: (m) => m.remove(m.ramStart.eosOffset, m.ramStart.bodyEnd),
  }),
  vector('eos/missing-in-end', {
    what: 'END has no EOS word: its footer follows the id at once.',
    why: 'The reader takes the footer and the device state for words.',
    clauses: ['EOS-1'],
    stage: 'ram-words',
    outcome: 'rejected',
    rules: ['ram-flags-unknown'],
    mutate: (m) => m.remove(m.ramEnd.eosOffset, m.ramEnd.bodyEnd),
  }),
  vector('eos/twice-in-part', {
    what: 'A PART has two EOS words.',
    why: 'The first one ends the body; the second is where the footer should be.',
    clauses: ['EOS-1', 'FOOTER-3'],
    stage: 'footer',
    outcome: 'rejected',
    rules: ['footer-missing'],
    mutate: (m) => m.insert(m.ramPart().bodyEnd, be(8, 0x10)),
  }),
  vector('eos/twice-in-start', {
    what: 'START has two EOS words.',
    why: 'The second is where the first footer of the stream should be, which must not pass for a stream without footers.',
    clauses: ['EOS-1', 'FOOTER-3'],
    stage: 'footer',
    outcome: 'rejected',
    rules: ['footer-missing'],
    mutate: (m) => m.insert(m.ramStart.bodyEnd, be(8, 0x10)),
  }),
];
