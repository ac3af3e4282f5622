import { describe, expect, it } from 'vitest';
import { be64, blockOf, findingsOf } from '../testing/damage.js';
import { pagesOffsetUnusualRule } from './rule.js';

describe('pages-offset-unusual', () => {
  it('reports a multiple of the page size only', async () => {
    expect(
      await findingsOf(pagesOffsetUnusualRule, (image, good) => {
        image.patch(blockOf(good).headerOffset + 20, be64(blockOf(good).pagesOffset + 0x1000));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note', actual: '0x101000' }]);
  });

  it('reports nothing where it is no multiple of that either', async () => {
    expect(
      await findingsOf(pagesOffsetUnusualRule, (image, good) => {
        image.patch(blockOf(good).headerOffset + 20, be64(blockOf(good).pagesOffset + 0x800));
      }),
    ).toEqual([]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(pagesOffsetUnusualRule)).toEqual([]);
  });
});
