import { describe, expect, it } from 'vitest';
import { IdleProcessors } from './idle-processors.js';

/** Two processors, looked at after so many milliseconds, of which so many were used since the last look. */
function looks(...steps: [elapsedMs: number, processorMs: number][]): boolean[] {
  let [nowMs, usedMs] = [1000, 500];
  const processors = new IdleProcessors(2, { elapsedMs: () => nowMs, processorMs: () => usedMs });
  return steps.map(([elapsedMs, processorMs]) => {
    nowMs += elapsedMs;
    usedMs += processorMs;
    return processors.areIdle();
  });
}

describe('processors', () => {
  it('are idle where this process waits, and not where it uses nearly all of their time', () => {
    expect(looks([100, 20], [100, 150], [100, 170], [100, 200], [100, 0])).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  it('are judged over some time, not by a moment', () => {
    expect(looks([10, 0], [10, 20], [80, 10])).toEqual([false, false, true]);
    expect(looks([10, 0], [10, 20], [80, 160])).toEqual([false, false, false]);
  });

  it('are looked at by a clock that runs', () => {
    expect(new IdleProcessors(2).areIdle()).toBe(false);
  });
});
