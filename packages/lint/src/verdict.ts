import type { Outcome } from './finding.js';

/** A predicted event of the restore: what happens, and when QEMU meets it, as a number that grows with the restore. */
export interface PredictedEvent {
  readonly outcome: Outcome;
  readonly metAt: number;
}

/** Whether the restore is over once this happened. */
const ends = (event: PredictedEvent): boolean => event.outcome === 'refused' || event.outcome === 'crashes';

/**
 * The event that ends the restore: the first in the order of the stream that QEMU refuses or dies of; of two at one
 * place the crash. Wrong memory does not end it.
 */
export function endOfRestore<T extends PredictedEvent>(events: readonly T[]): T | undefined {
  let first: T | undefined;
  for (const event of events) {
    if (!ends(event)) continue;
    if (first === undefined || event.metAt < first.metAt) first = event;
    else if (event.metAt === first.metAt && event.outcome === 'crashes') first = event;
  }
  return first;
}

/** What happens when QEMU restores the file: how the restore ends, or else whether the memory is right. */
export function verdictOf(events: readonly PredictedEvent[]): Outcome {
  const end = endOfRestore(events);
  if (end !== undefined) return end.outcome;
  return events.some((event) => event.outcome === 'wrong-memory') ? 'wrong-memory' : 'restores';
}
