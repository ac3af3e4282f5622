import { describe, expect, it } from 'vitest';
import { be64, findingsOf, sectionOf } from '../testing/damage.js';
import { ramEosExtraBitsRule } from './rule.js';

describe('ram-eos-extra-bits', () => {
  it('reports CONTINUE beside EOS', async () => {
    expect(
      await findingsOf(ramEosExtraBitsRule, (image, good) => {
        image.patch(sectionOf(good, 'part').bodyOffset, be64(0x30));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note', actual: '0x30' }]);
  });

  it('reports an address beside EOS', async () => {
    expect(
      await findingsOf(ramEosExtraBitsRule, (image, good) => {
        image.patch(sectionOf(good, 'part').bodyOffset, be64(0x123456010n));
      }),
    ).toMatchObject([{ outcome: 'restores', actual: '0x123456010' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(ramEosExtraBitsRule)).toEqual([]);
  });
});
