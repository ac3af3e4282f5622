import type { Problem } from '@mapped-ram/reader';
import type { LintContext } from '../context.js';
import { hasRamSection } from './ram-sections.js';

/** The problem at which the walk over the stream ended too early; undefined where it came to the end of the stream. */
export function stopOfWalk({ snapshot }: LintContext): Problem | undefined {
  return snapshot.problems.find(({ stopped }) => stopped);
}

/**
 * Whether all sections up to the end marker are known. What is missing from a stream may be said to be missing only
 * then.
 */
export function walkedToEnd({ snapshot }: LintContext): boolean {
  return snapshot.endMarkerOffset !== undefined;
}

/** Whether all of guest memory was walked over, even if the walk ended in a device's state behind it. */
export function walkedOverMemory(context: LintContext): boolean {
  return walkedToEnd(context) || hasRamSection(context, 'end');
}
