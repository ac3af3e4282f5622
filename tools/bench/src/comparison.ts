import type { Figures } from './measure.js';
import { type Spread, spreadOf } from './spread.js';

/** What came of a contender, beside the peer. */
export interface Compared {
  readonly name: string;
  readonly seconds: Spread;
  /** Of processors; not known of a program that times itself. */
  readonly cpuSeconds: Spread;
  /** Peak resident memory in bytes; only for Node programs. */
  readonly peakBytes?: number | undefined;
  /** How many times as fast as the peer, of the runs next to each other; absent of the peer itself. */
  readonly speed?: Spread | undefined;
}

/** Holds the contenders against the last of them, the peer, run by run. */
export function compare(figures: readonly Figures[]): Compared[] {
  const peer = figures.at(-1);
  return figures.map((own) => ({
    name: own.name,
    seconds: spreadOf(own.runs.map(({ seconds }) => seconds)),
    cpuSeconds: spreadOf(own.runs.map(({ cpuSeconds }) => cpuSeconds)),
    peakBytes: own.peakBytes,
    ...(own !== peer && {
      speed: spreadOf(own.runs.map(({ seconds }, run) => (peer?.runs[run]?.seconds ?? Number.NaN) / seconds)),
    }),
  }));
}
