import type { SparseImage } from '@mapped-ram/fixtures';
import type { Edit } from '../vector/edit.js';
import type { FuzzBase, FuzzForm } from './base.js';
import { pickBase } from './bases.js';
import { editedCopy, orderEdits, type PlannedEdit } from './edited-copy.js';
import { Random } from './random.js';

/** Files with one fault, two and three. */
const faultCounts = [
  { count: 1, weight: 6 },
  { count: 2, weight: 3 },
  { count: 3, weight: 1 },
] as const;

/** How often another mutator is tried where one has no place in a file. */
const MAX_TRIES = 100;

/** One fault: what was done, with offsets in the base. */
export interface Fault {
  readonly mutator: string;
  readonly edits: readonly PlannedEdit[];
}

/** A damaged file. */
export interface FuzzCase {
  /** `<seed>-<number>` */
  readonly id: string;
  readonly base: FuzzBase;
  readonly faults: readonly Fault[];
}

/** Damages a file. The same seed, number and forms always give the same file. */
export async function planCase(
  seed: string,
  number: number,
  forms: readonly FuzzForm[] = ['mapped-ram'],
): Promise<FuzzCase> {
  const id = `${seed}-${number}`;
  const random = new Random(id);
  // Of one form nothing is to be chosen, and the files stay those that a seed always gave.
  const form = forms.length === 1 ? (forms[0] as FuzzForm) : random.pick(forms);
  const base = await pickBase(form, random);
  const { count } = random.pickWeighted(faultCounts);
  const faults = Array.from({ length: count }, () => planFault(base, random));
  return { id, base, faults };
}

function planFault(base: FuzzBase, random: Random): Fault {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const mutator = random.pickWeighted(base.mutators);
    const edits = mutator.plan(base, random);
    if (edits !== undefined) return { mutator: mutator.name, edits };
  }
  throw new RangeError(`nothing in ${base.captureId} can be damaged`);
}

/** The case's file. */
export function imageOf({ base, faults }: FuzzCase): SparseImage {
  const damaged = editedCopy(base.image, orderEdits(faults.flatMap(({ edits }) => edits)));
  return base.finish === undefined ? damaged : base.finish(damaged);
}

/** All edits from the capture, or what was made of it, to the case's file, in the order in which they are carried out. */
export function editsOf({ base, faults }: FuzzCase): Edit[] {
  return [...base.edits, ...orderEdits(faults.flatMap(({ edits }) => edits))];
}
