import { explain } from './destination-knowledge.js';
import type { PlannedEdit } from './edited-copy.js';
import { agrees } from './figures.js';
import { type Comparison, judgeCases } from './judge.js';
import type { Fault, FuzzCase } from './plan-case.js';

/** Files that are tried at most to make one smaller. */
const MAX_TRIES = 80;

/** Tells whether a smaller case is the same disagreement still. @returns undefined where it is not */
export type StillDisagrees = (fuzzCase: FuzzCase, before: Comparison) => Promise<Comparison | undefined>;

/**
 * Makes a disagreement as small as it gets: faults that it does without are left out, then edits, then bytes of
 * edits. What linter and QEMU say stays the same, and stays unexplained.
 */
export async function reduceDisagreement(
  comparison: Comparison,
  stillDisagrees: StillDisagrees = askAgain,
): Promise<Comparison> {
  let smallest = comparison;
  let triesLeft = MAX_TRIES;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const fuzzCase of smallerCases(smallest.fuzzCase)) {
      if (triesLeft-- <= 0) return smallest;
      const found = await stillDisagrees(fuzzCase, smallest);
      if (found === undefined) continue;
      smallest = found;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

async function askAgain(fuzzCase: FuzzCase, before: Comparison): Promise<Comparison | undefined> {
  const { comparisons } = await judgeCases([fuzzCase], [before.against]);
  const found = comparisons.find(
    (one) => one.predicted === before.predicted && one.actual === before.actual && !agrees(one),
  );
  return found !== undefined && (await explain(found)) === undefined ? found : undefined;
}

/** Cases with a little less, the much smaller ones first. */
function* smallerCases(fuzzCase: FuzzCase): Generator<FuzzCase, void, undefined> {
  const { faults } = fuzzCase;
  if (faults.length > 1) {
    for (const dropped of faults.keys()) {
      yield { ...fuzzCase, faults: faults.filter((_, index) => index !== dropped) };
    }
  }
  for (const [index, fault] of faults.entries()) {
    for (const smaller of smallerFaults(fault)) {
      yield { ...fuzzCase, faults: faults.with(index, smaller) };
    }
  }
}

function* smallerFaults(fault: Fault): Generator<Fault, void, undefined> {
  const { edits } = fault;
  if (edits.length > 1) {
    for (const dropped of edits.keys()) yield { ...fault, edits: edits.filter((_, at) => at !== dropped) };
  }
  for (const [at, edit] of edits.entries()) {
    for (const smaller of smallerEdits(edit)) yield { ...fault, edits: edits.with(at, smaller) };
  }
}

/** The halves of an edit. A patch of a number is left whole: half of it is another number. */
function smallerEdits(edit: PlannedEdit): PlannedEdit[] {
  if (edit.op === 'truncate') return [];
  if ('hex' in edit) {
    const bytes = edit.hex.length / 2;
    if (bytes <= 8) return [];
    const half = bytes >> 1;
    const second = edit.op === 'patch' ? edit.offset + half : edit.offset;
    return [
      { ...edit, hex: edit.hex.slice(0, 2 * half) },
      { ...edit, offset: second, hex: edit.hex.slice(2 * half) },
    ];
  }
  if (edit.length <= 1) return [];
  const half = edit.length >> 1;
  return [
    { ...edit, length: half },
    { ...edit, offset: edit.offset + half, length: edit.length - half },
  ];
}
