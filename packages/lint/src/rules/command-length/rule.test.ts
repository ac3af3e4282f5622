import { describe, expect, it } from 'vitest';
import { be16, findingsOf, sectionOf } from '../testing/damage.js';
import { commandLengthRule } from './rule.js';

describe('command-length', () => {
  it('reports data where there is none', async () => {
    expect(
      await findingsOf(commandLengthRule, (image, good) => {
        const { byteOffset } = sectionOf(good, 'end');
        image.insert(byteOffset, Uint8Array.of(8, ...be16(11), ...be16(1), 0));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', expected: '0', actual: '1' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(commandLengthRule)).toEqual([]);
  });
});
