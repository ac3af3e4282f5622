import { describe, expect, it } from 'vitest';
import { blockOf, findingsOf } from '../testing/damage.js';
import { pagesTruncatedRule } from './rule.js';

describe('pages-truncated', () => {
  it('reports a file that ends in the pages', async () => {
    expect(
      await findingsOf(
        pagesTruncatedRule,
        (image, good) => {
          image.truncate(blockOf(good).pagesOffset + 0x2064);
        },
        { qemu: '10.0' },
      ),
    ).toMatchObject([
      { outcome: 'refused', severity: 'error', qemu: expect.stringContaining('Partial read') },
    ]);
  });

  it('reports the same in QEMU 11.1', async () => {
    expect(
      await findingsOf(
        pagesTruncatedRule,
        (image, good) => {
          image.truncate(blockOf(good).pagesOffset + 0x2064);
        },
        { qemu: '11.1' },
      ),
    ).toMatchObject([{ outcome: 'refused', qemu: expect.stringContaining('Unexpected end-of-file') }]);
  });

  it('reports the same with multifd', async () => {
    expect(
      await findingsOf(
        pagesTruncatedRule,
        (image, good) => {
          image.truncate(blockOf(good).pagesOffset + 0x2064);
        },
        { multifd: true },
      ),
    ).toMatchObject([{ outcome: 'crashes' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(pagesTruncatedRule)).toEqual([]);
  });
});
