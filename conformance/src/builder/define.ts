import type { Outcome } from '@mapped-ram/lint';
import type { ExpectedOutcome, Stage, Vector } from '../vector/vector.js';
import type { Mutation } from './mutation.js';

/** What a vector's author says; the rest of the vector is made from it. */
export interface VectorSource {
  readonly what: string;
  readonly why: string;
  readonly clauses: readonly string[];
  /** `qemu-10.0/none` by default: one block of 64 KiB and next to no device state. */
  readonly base?: string;
  readonly stage: Stage;
  readonly outcome: ExpectedOutcome;
  /** Lint rules that fire for the fault; none by default. */
  readonly rules?: readonly string[];
  readonly needsDestination?: string;
  readonly readBy?: 'libvirt';
  /** False for a classic stream, which is restored with the capability off. */
  readonly mappedRam?: false;
  /** With `readBy`: what that program does. */
  readonly verdict?: Outcome;
  readonly verdictOf?: Vector['expected']['verdictOf'];
  /** For an accepted file that is so odd that a reader other than QEMU may well reject it. */
  readonly readersMayReject?: boolean;
  readonly storage?: 'dense';
  readonly streamOffset?: number;
  mutate(m: Mutation): void;
}

/** A vector's id and source. */
export interface VectorDefinition extends VectorSource {
  readonly id: string;
  readonly base: string;
}

const DEFAULT_BASE = 'qemu-10.0/none';

/** States a vector: its id (`<area>/<slug>`) and how it is made. */
export function vector(id: string, source: VectorSource): VectorDefinition {
  return { base: DEFAULT_BASE, ...source, id };
}
