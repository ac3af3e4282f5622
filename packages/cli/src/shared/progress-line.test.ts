import { beforeEach, describe, expect, it } from 'vitest';
import { ProgressLine } from './progress-line.js';

const GIB = 1024 ** 3;

describe('ProgressLine', () => {
  let time = 0;
  let written: string[] = [];
  const start = (columns = 120) =>
    new ProgressLine({ columns, write: (text: string) => written.push(text) }, 'guest\u001b.mr', () => time);

  beforeEach(() => {
    time = 0;
    written = [];
  });

  it('stays silent while the work is short', () => {
    const line = start();
    time = 499;
    line.update(GIB, 4 * GIB);
    line.clear();
    expect(written).toEqual([]);
  });

  it('shows share, rate and time left', () => {
    const line = start();
    time = 1000;
    line.update(GIB, 4 * GIB);
    expect(written).toEqual([
      '\r\u001b[K[######------------------]  25% of 4 GiB, 1 GiB/s, 3 s left  guest\\u001b.mr',
    ]);
  });

  it.each([
    [125, '2 min 04 s left'],
    [3725, '1 h 02 min left'],
  ])('tells long times in larger units', (totalSeconds, text) => {
    const line = start();
    time = 1000;
    line.update(GIB, totalSeconds * GIB);
    expect(written[0]).toContain(text);
  });

  it('takes its line away, once', () => {
    const line = start();
    time = 1000;
    line.update(0, 4 * GIB);
    line.clear();
    line.clear();
    expect(written).toHaveLength(2);
    expect(written[1]).toBe('\r\u001b[K');
  });

  it('never fills the last column', () => {
    time = 0;
    const line = start(40);
    time = 1000;
    line.update(GIB, 4 * GIB);
    expect(written[0]?.replace('\r\u001b[K', '')).toHaveLength(39);
  });
});
