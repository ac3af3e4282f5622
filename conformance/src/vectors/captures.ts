import { type VectorDefinition, vector } from '../builder/define.js';
import type { ExpectedOutcome } from '../vector/vector.js';

interface BadCapture {
  readonly what: string;
  readonly why: string;
  readonly clauses: readonly string[];
  readonly outcome: ExpectedOutcome;
  readonly rules: readonly string[];
}

/** A file that a real QEMU left behind, as it is. */
function leftBehind(slug: string, base: string, source: BadCapture): VectorDefinition {
  return vector(`captures/${slug}`, { ...source, base, stage: 'section', mutate: () => {} });
}

/** Files from real QEMU that are bad as they are. */
export const captureVectors = [
  leftBehind('background-snapshot', 'qemu-10.0/background-snapshot', {
    what: 'A background snapshot of a microvm: no END, every bitmap zero, the pages all there.',
    why: 'QEMU says that the save completed, and restores empty memory without an error.',
    clauses: ['COMPLETE-3', 'BITMAP-5'],
    outcome: 'hazard',
    rules: ['background-snapshot'],
  }),
  leftBehind('background-snapshot-pc', 'qemu-10.0/background-snapshot-pc', {
    what: 'A background snapshot of a pc: no END, every bitmap zero, the pages all there.',
    why: 'QEMU says that the save completed, and a device stumbles over the empty memory.',
    clauses: ['COMPLETE-3', 'BITMAP-5'],
    outcome: 'hazard',
    rules: ['background-snapshot'],
  }),
  leftBehind('background-snapshot-11', 'qemu-11.1/background-snapshot', {
    what: 'A background snapshot by QEMU 11.1.',
    why: 'The newer QEMU loses the bitmaps as well.',
    clauses: ['COMPLETE-3', 'BITMAP-5'],
    outcome: 'hazard',
    rules: ['background-snapshot'],
  }),
  leftBehind('cancelled', 'qemu-10.0/cancelled', {
    what: 'A save that was cancelled: PARTs, bitmaps of zeros, and the end after an EOS word.',
    why: 'What lies in the folder when someone gave up waiting.',
    clauses: ['COMPLETE-2'],
    outcome: 'rejected',
    rules: ['save-cancelled'],
  }),
  leftBehind('cancelled-11', 'qemu-11.1/cancelled', {
    what: 'A save by QEMU 11.1 that was cancelled.',
    why: 'The newer QEMU leaves the same behind.',
    clauses: ['COMPLETE-2'],
    outcome: 'rejected',
    rules: ['save-cancelled'],
  }),
  leftBehind('killed', 'qemu-10.0/killed', {
    what: 'A save during which QEMU was killed.',
    why: 'What lies in the folder after a power cut.',
    clauses: ['COMPLETE-2'],
    outcome: 'rejected',
    rules: ['save-cancelled'],
  }),
  leftBehind('ignore-shared-10', 'qemu-10.0/ignore-shared', {
    what: 'A save by QEMU 10.0 with x-ignore-shared and a shared block, cut in END.',
    why: 'QEMU 10.0 cannot use the two capabilities together.',
    clauses: ['SHARED-3'],
    outcome: 'rejected',
    rules: ['ignore-shared', 'save-cancelled'],
  }),
  leftBehind('ignore-shared-11', 'qemu-11.1/ignore-shared', {
    what: 'A save by QEMU 11.1 with x-ignore-shared and a shared block that was left out.',
    why: 'Good for 11.1; QEMU 10.0 takes the offsets of 0 for real ones.',
    clauses: ['SHARED-2', 'SHARED-3'],
    outcome: 'hazard',
    rules: ['ignored-block'],
  }),
];
