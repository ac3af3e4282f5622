import type { Destination } from '../destination.js';
import type { FitFinding } from '../fit-finding.js';
import type { MachineRecord } from '../record/machine-record.js';

/**
 * How the destination's processor differs from the one that a record tells of. QEMU compares neither the model nor, on x86, the features; a guest
 * goes on using what it once found.
 */
export function compareProcessor(
  { processors }: MachineRecord,
  destination: Destination,
): FitFinding | undefined {
  const { model } = processors;
  const own = destination.processorModel;
  if (model === undefined || own === undefined) return undefined;
  const missing = missingFeatures(processors.features ?? [], destination.processorFeatures ?? []);
  if (model === own && missing.length === 0) return undefined;
  const words =
    missing.length === 0
      ? ''
      : `, which lacks features that the guest found (${missing.slice(0, 6).join('; ')})`;
  return {
    ...{ code: 'processor-differs', outcome: 'restores', metAt: 0 },
    message: `the guest ran on a processor ${model}, and the destination has a ${own}${words}; QEMU does not compare them`,
    help: `-cpu ${model}`,
  };
}

/** Words as `cpuid 0x1 ecx 0x80002001`: which bits of the file's are not set in the destination's. */
function missingFeatures(saved: readonly string[], own: readonly string[]): string[] {
  const there = new Map(own.map(splitWord));
  return saved.map(splitWord).flatMap(([leaf, bits]) => {
    const lacking = bits & ~(there.get(leaf) ?? 0n);
    return lacking === 0n ? [] : [`${leaf}: 0x${lacking.toString(16)}`];
  });
}

function splitWord(word: string): [leaf: string, bits: bigint] {
  const [, leaf, bits] = /^(cpuid 0x[0-9a-f]{1,8} [a-z]{1,4}) (0x[0-9a-f]{1,8})$/.exec(word) ?? [];
  return [leaf ?? word, BigInt(bits ?? 0)];
}
