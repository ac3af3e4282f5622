import { type MappedRamErrorCode, quoteValue } from '@mapped-ram/format';
import type { Problem } from '@mapped-ram/reader';
import type { LintContext } from '../context.js';
import type { RuleMatch } from '../rule.js';

/**
 * The reader's problems with these codes, without those of the vmdescription: QEMU does not look at it, so they are
 * another matter (see `vmdescription-bad`).
 */
export function streamProblems(
  context: LintContext,
  codes: readonly MappedRamErrorCode[],
): readonly Problem[] {
  const described = new Set(vmdescriptionProblems(context));
  return context.snapshot.problems.filter(
    (problem) => codes.includes(problem.error.code) && !described.has(problem),
  );
}

/**
 * The reader's problems with what comes behind the end marker, or should. A device's state that is too short is one of
 * the stream, though its description leads behind the marker.
 */
export function vmdescriptionProblems({ snapshot }: LintContext): readonly Problem[] {
  const { endMarkerOffset = Number.POSITIVE_INFINITY, problems } = snapshot;
  return problems.filter(
    ({ error }) =>
      error.code === 'bad-vmdescription' ||
      (error.code !== 'device-state-mismatch' && (error.byteOffset ?? 0) > endMarkerOffset),
  );
}

/** A finding at the place of a reader's problem, with what it wanted and got. */
export function problemMatch(
  { snapshot }: LintContext,
  { error }: Problem,
  match: Pick<RuleMatch, 'message'> & Partial<RuleMatch>,
  byteLength = 1,
): RuleMatch {
  return {
    span: { byteOffset: error.byteOffset ?? snapshot.streamOffset, byteLength },
    where: error.path ?? 'stream',
    ...(error.expected !== undefined && { expected: quoteValue(error.expected) }),
    ...(error.actual !== undefined && { actual: quoteValue(error.actual) }),
    ...match,
  };
}
