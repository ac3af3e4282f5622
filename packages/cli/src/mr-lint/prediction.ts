import { type Finding, outcomeInWords } from '@mapped-ram/lint';

/** What QEMU does with a finding: the outcome, unless it is the good one, and QEMU's words. */
export function predictionInWords({ outcome, qemu, reached }: Finding): string {
  const prediction = outcome === 'restores' ? qemu : `${outcomeInWords[outcome]}: ${qemu}`;
  return reached ? prediction : `does not get this far; alone: ${prediction}`;
}
