import { describe, expect, it } from 'vitest';
import { be16, findingsOf, sectionOf } from '../testing/damage.js';
import { commandUnknownRule } from './rule.js';

describe('command-unknown', () => {
  it('reports a number that no version has', async () => {
    expect(
      await findingsOf(commandUnknownRule, (image, good) => {
        const { byteOffset } = sectionOf(good, 'end');
        image.insert(byteOffset, Uint8Array.of(8, ...be16(99), ...be16(0)));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', where: 'sections[3].command', actual: '99' }]);
  });

  it('reports switchover start in QEMU 9.2', async () => {
    expect(await findingsOf(commandUnknownRule, undefined, { qemu: '9.2' })).toMatchObject([
      { outcome: 'refused', actual: '11' },
    ]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(commandUnknownRule)).toEqual([]);
  });
});
