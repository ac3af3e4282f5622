import type { Figures } from './measure.js';

/** The figures as lines; each contender's speed as a ratio of the last one's, the peer. */
export function formatTable(figures: readonly Figures[]): string {
  const peer = figures.at(-1);
  return figures
    .map(({ name, seconds, cpuSeconds, peakBytes }) => {
      const speed =
        peer === undefined || peer.name === name ? 'peer' : `${percent(peer.seconds / seconds)} of its speed`;
      const peak = peakBytes === undefined ? '' : `${Math.ceil(peakBytes / 2 ** 20)} MiB`;
      const cpu = `${cpuSeconds.toFixed(2)} s of processor`;
      return `  ${name.padEnd(40)} ${seconds.toFixed(3).padStart(8)} s  ${cpu.padStart(20)}  ${peak.padStart(8)}  ${speed}`;
    })
    .join('\n');
}

const percent = (ratio: number): string => `${Math.round(ratio * 100)}%`;
