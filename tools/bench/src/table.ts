import type { Figures } from './measure.js';

/** The figures as lines; each contender's speed as a ratio of the last one's, the peer. */
export function formatTable(figures: readonly Figures[]): string {
  const peer = figures.at(-1);
  return figures
    .map(({ name, seconds, peakBytes }) => {
      const speed =
        peer === undefined || peer.name === name ? 'peer' : `${percent(peer.seconds / seconds)} of its speed`;
      const peak = peakBytes === undefined ? '' : `${Math.ceil(peakBytes / 2 ** 20)} MiB`;
      return `  ${name.padEnd(40)} ${seconds.toFixed(3).padStart(8)} s  ${peak.padStart(8)}  ${speed}`;
    })
    .join('\n');
}

const percent = (ratio: number): string => `${Math.round(ratio * 100)}%`;
