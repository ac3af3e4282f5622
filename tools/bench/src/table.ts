import type { Compared } from './comparison.js';
import type { Spread } from './spread.js';

/** The figures as lines: medians with the least and the most of the runs, and the speed as a ratio to the peer's. */
export function formatTable(compared: readonly Compared[]): string {
  return compared
    .map(({ name, seconds, cpuSeconds, speed, peakBytes }) => {
      const time = `${seconds.median.toFixed(3)} s (${range(seconds, 3)})`.padStart(24);
      const cpu = `${cpuSeconds.median.toFixed(2)} s of processor`.padStart(22);
      const peak = (peakBytes === undefined ? '' : `${Math.ceil(peakBytes / 2 ** 20)} MiB`).padStart(9);
      const ratio =
        speed === undefined ? 'peer' : `${percent(speed.median)} of its speed (${rangeOfPercents(speed)})`;
      return `  ${name.padEnd(36)} ${time}  ${cpu} ${peak}  ${ratio}`;
    })
    .join('\n');
}

const range = ({ min, max }: Spread, digits: number): string =>
  `${min.toFixed(digits)}-${max.toFixed(digits)}`;
const percent = (ratio: number): string => `${Math.round(ratio * 100)}%`;
const rangeOfPercents = ({ min, max }: Spread): string => `${percent(min)}-${percent(max)}`;
