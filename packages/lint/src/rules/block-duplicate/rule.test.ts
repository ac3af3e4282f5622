import { describe, expect, it } from 'vitest';
import { ascii, blockOf, findingsOf } from '../testing/damage.js';
import { blockDuplicateRule } from './rule.js';

describe('block-duplicate', () => {
  it('reports two blocks of one name', async () => {
    expect(
      await findingsOf(
        blockDuplicateRule,
        (image, good) => {
          const [first, second] = [blockOf(good, 0), blockOf(good, 1)];
          image.patch(second.byteOffset + 1, ascii(first.idstr));
        },
        { capture: 'qemu-10.0/numa' },
      ),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning', where: 'ram.blocks[1].idstr' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(blockDuplicateRule, undefined, { capture: 'qemu-10.0/numa' })).toEqual([]);
  });
});
