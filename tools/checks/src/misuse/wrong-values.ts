/** Values that no option may be, by what it may be. */
const ALWAYS_WRONG: readonly unknown[] = [null, Number.NaN, Symbol('seven')];
const NUMBERS: readonly unknown[] = [-1, 0.5, Number.POSITIVE_INFINITY, 2 ** 53];
const TEXTS: readonly unknown[] = ['', 'seven'];
const FLAGS: readonly unknown[] = [true, false];
const BIG: readonly unknown[] = [7n, -7n];
const OBJECTS: readonly unknown[] = [{}, [], new EventTarget(), Object.create(null)];
const FUNCTIONS: readonly unknown[] = [() => 7];

/** What an option may be. */
export type OptionKind =
  | 'count'
  | 'limit'
  | 'positive'
  | 'flag'
  | 'choice'
  | 'name'
  | 'signal'
  | 'function'
  | 'group'
  | 'list'
  | 'duration'
  | 'anything';

/** Values that an option of this kind may not be. */
export function wrongValues(kind: OptionKind): readonly unknown[] {
  const others = {
    count: [...NUMBERS, ...TEXTS, ...FLAGS, ...BIG, ...OBJECTS, ...FUNCTIONS],
    limit: [-1, 0.5, 2 ** 53, ...TEXTS, ...FLAGS, ...BIG, ...OBJECTS, ...FUNCTIONS],
    positive: [0, ...NUMBERS, ...TEXTS, ...FLAGS, ...BIG, ...OBJECTS, ...FUNCTIONS],
    duration: [-1, 0, Number.NEGATIVE_INFINITY, ...TEXTS, ...FLAGS, ...BIG, ...OBJECTS, ...FUNCTIONS],
    flag: [...NUMBERS, 0, 1, ...TEXTS, ...BIG, ...OBJECTS, ...FUNCTIONS],
    choice: [...NUMBERS, 7, ...TEXTS, ...FLAGS, ...BIG, ...OBJECTS, ...FUNCTIONS],
    name: [...NUMBERS, 7, '', ...FLAGS, ...BIG, ...OBJECTS, ...FUNCTIONS],
    signal: [...NUMBERS, 7, ...TEXTS, ...FLAGS, ...BIG, ...OBJECTS, ...FUNCTIONS],
    function: [...NUMBERS, 7, ...TEXTS, ...FLAGS, ...BIG, ...OBJECTS],
    group: [...NUMBERS, 7, ...TEXTS, ...FLAGS, ...BIG, ...FUNCTIONS],
    list: [...NUMBERS, 7, ...TEXTS, ...FLAGS, ...BIG, {}, ...FUNCTIONS],
    anything: [],
  }[kind];
  return [...ALWAYS_WRONG, ...others];
}

/** What is no source. */
export const wrongSources: readonly unknown[] = [
  ...[undefined, null, 7, 7n, Number.NaN, true, {}, [], () => 7, Symbol('seven'), new Uint8Array(8)],
  ...[Number.NaN, undefined, -1, 7n, 0.5, '7', Number.POSITIVE_INFINITY].map((sizeBytes) => ({
    name: 'mine',
    sizeBytes,
    read: async () => 0,
    close: async () => {},
  })),
  { name: 'mine', sizeBytes: 7, close: async () => {} },
  { name: 'mine', sizeBytes: 7, read: async () => 0 },
  { name: 7, sizeBytes: 7, read: async () => 0, close: async () => {} },
];
