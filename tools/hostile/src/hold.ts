import { lintSource } from '@mapped-ram/lint';
import type { HostileCase } from './cases.js';

/** What the linter must keep to, whatever a file holds. The time is the processor's, which does not depend on what else the machine does. */
export const Promises = { milliseconds: 1000, peakBytes: 300 * 2 ** 20 } as const;

/** What was seen over all cases. */
export interface Holding {
  cases: number;
  /** Cases in which a promise was broken, with what happened. */
  readonly broken: string[];
  slowestMilliseconds: number;
  slowest: string;
  readonly verdicts: Map<string, number>;
}

export function newHolding(): Holding {
  return { cases: 0, broken: [], slowestMilliseconds: 0, slowest: '', verdicts: new Map() };
}

/** Lints one case with all rules, for the version and way of restoring whose turn it is, and writes down what happened. */
export async function hold(label: string, { name, image }: HostileCase, holding: Holding): Promise<void> {
  const turn = holding.cases++;
  const started = process.cpuUsage();
  try {
    const { verdict } = await lintSource(image, {
      deep: turn % 2 === 0,
      multifd: turn % 3 === 0,
      qemu: turn % 5 === 0 ? '10.0' : '11.1',
    });
    holding.verdicts.set(verdict, (holding.verdicts.get(verdict) ?? 0) + 1);
  } catch (error) {
    holding.broken.push(`${label}, ${name}: ${error instanceof Error ? error.stack : error}`);
  }
  const { user, system } = process.cpuUsage(started);
  const milliseconds = (user + system) / 1000;
  if (milliseconds > Promises.milliseconds)
    holding.broken.push(`${label}, ${name}: ${milliseconds.toFixed(0)} ms`);
  if (milliseconds > holding.slowestMilliseconds) {
    holding.slowestMilliseconds = milliseconds;
    holding.slowest = `${label}, ${name}`;
  }
}
