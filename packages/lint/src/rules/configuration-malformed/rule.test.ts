import { describe, expect, it } from 'vitest';
import { ascii, be32, findingsOf, insertBeforeTable, sectionOf } from '../testing/damage.js';
import { configurationMalformedRule } from './rule.js';

describe('configuration-malformed', () => {
  it('reports a subsection that QEMU does not know', async () => {
    expect(
      await findingsOf(configurationMalformedRule, (image, good) => {
        const bogus = Uint8Array.of(5, 19, ...ascii('configuration/bogus'), ...be32(1));
        insertBeforeTable(image, good, sectionOf(good, 'start').byteOffset, bogus);
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', where: 'configuration.subsections[1]' }]);
  });

  it('reports a subsection of another version', async () => {
    expect(
      await findingsOf(configurationMalformedRule, (image, good) => {
        const list = good.configuration?.subsections[0];
        image.patch((list?.byteOffset ?? 0) + 2 + (list?.name.length ?? 0), be32(2));
      }),
    ).toMatchObject([{ outcome: 'refused', where: 'configuration.subsections[0]', actual: '2' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(configurationMalformedRule)).toEqual([]);
  });
});
