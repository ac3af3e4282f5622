import { type ExpectedOutcome, restoreModes, type Vector } from './vector.js';

/**
 * What a vector has to expect, by what was seen, over all versions and modes. A file that another program reads first is
 * judged by that one.
 *
 * @returns undefined where nothing was seen yet.
 */
export function seenOutcome({ qemu = {}, expected, readBy }: Vector): ExpectedOutcome | undefined {
  const records = Object.values(qemu).flatMap((record) => restoreModes.map((mode) => record[mode]?.verdict));
  const verdicts = new Set(
    readBy === undefined
      ? records.filter((verdict) => verdict !== undefined)
      : [expected.verdict, ...Object.values(expected.verdictOf ?? {})],
  );
  if (verdicts.size === 0) return undefined;
  if (verdicts.size === 1 && verdicts.has('restores')) return 'accepted';
  return verdicts.size === 1 && verdicts.has('refused') ? 'rejected' : 'hazard';
}
