import type { Snapshot } from '@mapped-ram/reader';

/** What a guest without VMCOREINFO is, as far as its memory tells, and what still works with it, in a sentence for people. */
export async function describeOtherGuest(_snapshot: Snapshot): Promise<string> {
  return 'no Linux kernel was found in guest memory (VMCOREINFO is not there)';
}
