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
    rules: ['save-cancelled', 'machine-type-missing'],
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
  leftBehind('virtio-rings-10', 'qemu-10.0/virtio-mem', {
    what: 'A save by QEMU 10.0 with a virtio device on PCI that no driver has set up.',
    why: 'Good for 10.0; 11.1 refuses rings that are longer than its queues.',
    clauses: ['SECTION-10'],
    outcome: 'hazard',
    rules: ['virtio-ring-too-large'],
  }),
  leftBehind('riscv-cpu-10', 'qemu-10.0/riscv64-virt', {
    what: 'A save by QEMU 10.0 of a RISC-V machine.',
    why: 'Good for 10.0; the state of the processor has another version in 11.1, which does not take this one.',
    clauses: ['SECTION-5'],
    outcome: 'hazard',
    rules: ['device-version-unsupported'],
  }),
  leftBehind('arm-registers-10', 'qemu-10.0/aarch64-cortex-a57', {
    what: 'A save by QEMU 10.0 of an Arm machine with a 64-bit processor.',
    why: 'Good for 10.0; 11.1 does not have one of the system registers.',
    clauses: ['SECTION-6'],
    outcome: 'hazard',
    rules: ['arm-register-unknown'],
  }),
  leftBehind('arm-timer-11', 'qemu-11.1/aarch64-cortex-a57', {
    what: 'A save by QEMU 11.1 of an Arm machine with a 64-bit processor.',
    why: 'Good for 11.1; 10.0 aborts at a timer that it has no room for.',
    clauses: ['SECTION-6'],
    outcome: 'hazard',
    rules: ['arm-timer-unexpected'],
  }),
  leftBehind('machine-type-gone', 'qemu-10.0/older-machine', {
    what: 'A save by QEMU 10.0 of a machine of the type pc-i440fx-2.6.',
    why: 'Good for 10.0; 11.1 does not have the machine type any more.',
    clauses: ['CONFIG-2'],
    outcome: 'hazard',
    rules: ['machine-type-missing'],
  }),
];
