import { type VectorDefinition, vector } from '../builder/define.js';

const EOS = 0x10;

/** A vector in which the EOS word of a PART has another flag in it. */
function forbidden(slug: string, name: string, flag: number): VectorDefinition {
  return vector(`ram-flags/${slug}`, {
    what: `The EOS word of a PART has the flag ${name} too.`,
    why: `${name} announces bytes in the stream, which a mapped-ram stream never has.`,
    clauses: ['FLAGS-1', 'FLAGS-2'],
    stage: 'ram-words',
    outcome: 'rejected',
    rules: ['ram-flag-forbidden'],
    mutate: (m) => m.u64(m.ramPart().eosOffset, EOS | flag),
  });
}

/** The words of the ram section. */
export const ramFlagVectors = [
  forbidden('zero', 'ZERO', 0x02),
  forbidden('page', 'PAGE', 0x08),
  forbidden('xbzrle', 'XBZRLE', 0x40),
  forbidden('hook', 'HOOK', 0x80),
  forbidden('multifd-flush', 'MULTIFD_FLUSH', 0x200),
  vector('ram-flags/compress-page', {
    what: 'The EOS word of a PART has the flag COMPRESS_PAGE too.',
    why: 'The flag was retired; QEMU no longer knows it by name.',
    clauses: ['FLAGS-1', 'FLAGS-3'],
    stage: 'ram-words',
    outcome: 'rejected',
    rules: ['ram-flags-unknown'],
    mutate: (m) => m.u64(m.ramPart().eosOffset, EOS | 0x100),
  }),
  vector('ram-flags/page-alone', {
    what: 'The word of a PART is PAGE without EOS.',
    why: 'What a classic stream has in this place.',
    clauses: ['FLAGS-1', 'FLAGS-2'],
    stage: 'ram-words',
    outcome: 'rejected',
    rules: ['ram-flag-forbidden'],
    mutate: (m) => m.u64(m.ramPart().eosOffset, 0x08),
  }),
  vector('ram-flags/unknown', {
    what: 'The EOS word of a PART has the unknown flag 0x400 too.',
    why: 'A flag of a future version must not be ignored.',
    clauses: ['FLAGS-3'],
    stage: 'ram-words',
    outcome: 'rejected',
    rules: ['ram-flags-unknown'],
    mutate: (m) => m.u64(m.ramPart().eosOffset, EOS | 0x400),
  }),
  vector('ram-flags/none', {
    what: 'The word of a PART has no flag.',
    why: 'A word of zeros is not an end.',
    clauses: ['FLAGS-3'],
    stage: 'ram-words',
    outcome: 'rejected',
    rules: ['ram-flags-unknown'],
    mutate: (m) => m.u64(m.ramPart().eosOffset, 0),
  }),
  vector('ram-flags/continue', {
    what: 'The EOS word of a PART has the flag CONTINUE too.',
    why: 'The flag says whose block a page belongs to; without a page it says nothing.',
    clauses: ['FLAGS-4'],
    stage: 'ram-words',
    outcome: 'accepted',
    rules: ['ram-eos-extra-bits'],
    mutate: (m) => m.u64(m.ramPart().eosOffset, EOS | 0x20),
  }),
  vector('ram-flags/address-bits', {
    what: 'The EOS word of a PART has address bits.',
    why: 'The bits above the flags mean nothing in this word.',
    clauses: ['FLAGS-4', 'RAM-2'],
    stage: 'ram-words',
    outcome: 'accepted',
    rules: ['ram-eos-extra-bits'],
    mutate: (m) => m.u64(m.ramPart().eosOffset, 0x7fff_ffff_ffff_f000n | BigInt(EOS)),
  }),
  vector('ram-flags/mem-size-missing', {
    what: 'The word in front of the block table has no flag.',
    why: 'Without MEM_SIZE the total is an address, and no table is read.',
    clauses: ['RAM-4', 'FLAGS-3'],
    stage: 'ram-words',
    outcome: 'rejected',
    rules: ['ram-flags-unknown'],
    mutate: (m) => m.u64(m.memSizeOffset, m.totalBytes),
  }),
  vector('ram-flags/block-table-missing', {
    what: 'START has its EOS word and nothing before it.',
    why: 'QEMU does not miss the block table: it completes with what the destination’s memory happens to hold.',
    clauses: ['RAM-4', 'BLOCK-1'],
    stage: 'ram-words',
    outcome: 'hazard',
    rules: ['ram-size-missing'],
    mutate: (m) => m.remove(m.memSizeOffset, m.ramStart.eosOffset),
  }),
  vector('ram-flags/mem-size-continue', {
    what: 'The MEM_SIZE word has the flag CONTINUE too.',
    why: 'CONTINUE is ignored wherever no page follows.',
    clauses: ['FLAGS-4', 'RAM-4'],
    stage: 'ram-words',
    outcome: 'accepted',
    mutate: (m) => m.u64(m.memSizeOffset, m.totalBytes | 0x24n),
  }),
  vector('ram-flags/mem-size-in-part', {
    what: 'A PART has a MEM_SIZE word with a total of 0 in front of its EOS word.',
    why: 'A second block table, and an empty one.',
    clauses: ['FLAGS-1', 'RAM-4'],
    stage: 'ram-words',
    outcome: 'accepted',
    rules: ['ram-size-repeated'],
    mutate: (m) => m.insert(m.ramPart().eosOffset, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 4)),
  }),
];
