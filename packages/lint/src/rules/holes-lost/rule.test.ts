import { describe, expect, it } from 'vitest';
import { blockOf, findingsOf } from '../testing/damage.js';
import { holesLostRule } from './rule.js';

describe('holes-lost', () => {
  it('reports a file that lost its holes', async () => {
    expect(
      await findingsOf(
        holesLostRule,
        (image, good) => {
          const { pagesOffset } = blockOf(good);
          image.patch(pagesOffset + 2 ** 30, new Uint8Array(32 * 2 ** 20));
        },
        { capture: 'qemu-10.0/sparse-4g' },
      ),
    ).toMatchObject([{ outcome: 'restores', severity: 'note', where: 'file' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(holesLostRule, undefined, { capture: 'qemu-10.0/sparse-4g' })).toEqual([]);
  });
});
