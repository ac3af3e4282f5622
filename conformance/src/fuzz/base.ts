import type { SparseImage } from '@mapped-ram/fixtures';
import type { Edit } from '../vector/edit.js';
import type { Intact, Mutator } from './mutator.js';

/** What the fuzzer damages: mapped-ram files, classic streams, disk images with a snapshot in them. */
export type FuzzForm = 'mapped-ram' | 'classic' | 'qcow2';

/** All of them. */
export const FUZZ_FORMS: readonly FuzzForm[] = ['mapped-ram', 'classic', 'qcow2'];

/** A good file that the fuzzer damages: a capture, as it is or laid out in another way that is as good. */
export interface FuzzBase extends Intact {
  readonly form: FuzzForm;
  readonly captureId: string;
  readonly streamOffset: number;
  /** From the capture to `image`; none where no edits lead there. */
  readonly edits: readonly Edit[];
  /** What can be done to it. */
  readonly mutators: readonly Mutator[];
  /** False where it is restored with mapped-ram off. */
  readonly mappedRam?: false;
  /** The snapshot that is meant in a disk image. */
  readonly internalSnapshot?: string;
  /** Puts a damaged stream into what it lies in. */
  finish?(damaged: SparseImage): SparseImage;
}
