import type { SparseImage } from '@mapped-ram/fixtures';
import { applyEdits } from '../vector/apply-edits.js';
import type { Edit } from '../vector/edit.js';

/** An edit whose offsets count in the unmutated file, whatever other edits there are. */
export type PlannedEdit = Exclude<Edit, { readonly op: 'copy' }>;

/**
 * Brings planned edits into an order in which they can be carried out one after the other, from the back of the file
 * to its front, so that none moves the place of a later one. Of edits in the same bytes the first one given counts.
 */
export function orderEdits(planned: readonly PlannedEdit[]): Edit[] {
  const kept: PlannedEdit[] = [];
  for (const edit of planned) if (kept.every((other) => !overlap(edit, other))) kept.push(edit);
  return kept.sort((a, b) => startOf(b) - startOf(a));
}

/** A copy of the image with the edits. */
export function editedCopy(image: SparseImage, edits: readonly Edit[]): SparseImage {
  const copy = image.clone();
  applyEdits(copy, edits);
  return copy;
}

function startOf(edit: PlannedEdit): number {
  return edit.op === 'truncate' ? edit.size : edit.offset;
}

/** An insertion has a length too, so that two at one place do not come into question. */
function endOf(edit: PlannedEdit): number {
  switch (edit.op) {
    case 'patch':
      return edit.offset + edit.hex.length / 2;
    case 'insert':
    case 'insert-zeros':
      return edit.offset + 1;
    case 'remove':
    case 'zero':
      return edit.offset + edit.length;
    case 'truncate':
      return Number.POSITIVE_INFINITY;
  }
}

function overlap(a: PlannedEdit, b: PlannedEdit): boolean {
  return startOf(a) < endOf(b) && startOf(b) < endOf(a);
}
