import { describe, expect, it } from 'vitest';
import { ascii, blockOf, findingsOf } from '../testing/damage.js';
import { blockOrderRule } from './rule.js';

describe('block-order', () => {
  it('reports a larger block after a smaller one', async () => {
    expect(
      await findingsOf(
        blockOrderRule,
        (image, good) => {
          const table = blockOf(good, 1);
          image.patch(table.byteOffset + 1, ascii('/xom'));
        },
        { capture: 'qemu-10.0/microvm' },
      ),
    ).toMatchObject([{ outcome: 'restores', severity: 'note', where: 'ram.blocks[2]' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(blockOrderRule, undefined, { capture: 'qemu-10.0/microvm' })).toEqual([]);
  });
});
