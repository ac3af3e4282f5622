import type { MappedRamError } from '@mapped-ram/format';
import type { Problem } from '../model.js';

/** Takes what is wrong with the stream and does not keep the walk from going on. */
export type NoteFault = (error: MappedRamError) => void;

/** What is wrong with a stream, in the order in which the walk met it. */
export class ProblemList {
  readonly problems: Problem[] = [];

  /** Takes a fault behind which the walk goes on. */
  readonly note: NoteFault = (error) => {
    this.problems.push({ error, stopped: false });
  };

  /** Takes the fault at which the walk ends. */
  stop(error: MappedRamError): void {
    this.problems.push({ error, stopped: true });
  }
}
