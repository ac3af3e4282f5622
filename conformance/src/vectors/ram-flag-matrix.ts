import { type VectorDefinition, vector } from '../builder/define.js';
import type { Mutation } from '../builder/mutation.js';
import type { SectionPlaces } from '../builder/places.js';
import type { ExpectedOutcome } from '../vector/vector.js';

const EOS = 0x10;

/** What QEMU makes of a flag beside EOS, or in its place. */
interface FlagCase {
  readonly slug: string;
  readonly name: string;
  readonly bits: number;
  readonly outcome: ExpectedOutcome;
  readonly clauses: readonly string[];
  readonly rules: readonly string[];
}

const forbidden = (slug: string, name: string, bits: number): FlagCase => ({
  ...{ slug, name, bits, outcome: 'rejected', clauses: ['FLAGS-1', 'FLAGS-2'] },
  rules: ['ram-flag-forbidden'],
});
const unknown = (slug: string, name: string, bits: number): FlagCase => ({
  ...{ slug, name, bits, outcome: 'rejected', clauses: ['FLAGS-1', 'FLAGS-3'] },
  rules: ['ram-flags-unknown'],
});

/** Every bit of a word that can be a flag with pages of 4 KiB, but EOS itself. */
const FLAGS: readonly FlagCase[] = [
  unknown('full', '0x1', 0x01),
  forbidden('zero', 'ZERO', 0x02),
  unknown('mem-size', 'MEM_SIZE', 0x04),
  forbidden('page', 'PAGE', 0x08),
  {
    ...{ slug: 'continue', name: 'CONTINUE', bits: 0x20, outcome: 'accepted', clauses: ['FLAGS-4'] },
    rules: ['ram-eos-extra-bits'],
  },
  forbidden('xbzrle', 'XBZRLE', 0x40),
  forbidden('hook', 'HOOK', 0x80),
  unknown('compress-page', 'COMPRESS_PAGE', 0x100),
  forbidden('multifd-flush', 'MULTIFD_FLUSH', 0x200),
  unknown('bit-10', '0x400', 0x400),
  unknown('bit-11', '0x800', 0x800),
];

/** The three sections that have words, and the flags that are tried in them elsewhere. */
const SECTIONS: readonly {
  readonly slug: string;
  readonly name: string;
  readonly elsewhere: readonly string[];
  of(m: Mutation): SectionPlaces;
}[] = [
  { slug: 'start', name: 'START', elsewhere: [], of: (m) => m.ramStart },
  {
    ...{ slug: 'part', name: 'a PART' },
    elsewhere: 'zero page continue xbzrle hook compress-page multifd-flush bit-10'.split(' '),
    of: (m) => m.ramPart(),
  },
  { slug: 'end', name: 'END', elsewhere: [], of: (m) => m.ramEnd },
];

function besideEos(flag: FlagCase, { slug, name, of }: (typeof SECTIONS)[number]): VectorDefinition {
  return vector(`ram-flags/${slug}-eos-${flag.slug}`, {
    what: `The EOS word of ${name} has the flag ${flag.name} too.`,
    why: 'The words of all three sections are read by the same code, and have to be held to the same rules.',
    clauses: flag.clauses,
    stage: 'ram-words',
    outcome: flag.outcome,
    rules: flag.rules,
    mutate: (m) => m.u64(of(m).eosOffset, EOS | flag.bits),
  });
}

function withoutEos(flag: FlagCase): VectorDefinition {
  return vector(`ram-flags/part-only-${flag.slug}`, {
    what: `The word of a PART has the flag ${flag.name}, and no EOS.`,
    why: 'Nothing ends the body: what follows is read as a word, or the word is refused.',
    clauses: flag.clauses,
    stage: 'ram-words',
    outcome: 'rejected',
    rules: flag.bits === 0x20 ? ['ram-flags-unknown'] : flag.rules,
    mutate: (m) => m.u64(m.ramPart().eosOffset, flag.bits),
  });
}

/** Every flag beside EOS in each section, and alone. */
export const ramFlagMatrixVectors: readonly VectorDefinition[] = [
  ...SECTIONS.flatMap((section) =>
    FLAGS.filter(({ slug }) => !section.elsewhere.includes(slug)).map((flag) => besideEos(flag, section)),
  ),
  ...FLAGS.filter(({ slug }) => slug !== 'page' && slug !== 'mem-size').map(withoutEos),
];
