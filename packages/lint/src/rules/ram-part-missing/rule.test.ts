import { describe, expect, it } from 'vitest';
import { findingsOf, removeSection, sectionOf } from '../testing/damage.js';
import { ramPartMissingRule } from './rule.js';

describe('ram-part-missing', () => {
  it('reports a stream without PART', async () => {
    expect(
      await findingsOf(ramPartMissingRule, (image, good) => {
        removeSection(image, sectionOf(good, 'part'));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note' }]);
  });

  it('reports nothing where no memory is in the file', async () => {
    expect(await findingsOf(ramPartMissingRule, undefined, { capture: 'qemu-11.1/ignore-shared' })).toEqual(
      [],
    );
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(ramPartMissingRule)).toEqual([]);
  });
});
