import { describe, expect, it } from 'vitest';
import { be32, findingsOf, sectionOf } from '../testing/damage.js';
import { sectionUndescribedRule } from './rule.js';

describe('section-undescribed', () => {
  it('reports another instance', async () => {
    expect(
      await findingsOf(sectionUndescribedRule, (image, good) => {
        const { bodyOffset } = sectionOf(good, 'full');
        image.patch(bodyOffset - 8, be32(9));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', where: 'sections[4]' }]);
  });

  it('reports a higher version', async () => {
    expect(
      await findingsOf(sectionUndescribedRule, (image, good) => {
        const { bodyOffset } = sectionOf(good, 'full');
        image.patch(bodyOffset - 4, be32(99));
      }),
    ).toMatchObject([{ outcome: 'refused', actual: '99', expected: '2' }]);
  });

  it('reports a lower version, which may be taken', async () => {
    expect(
      await findingsOf(sectionUndescribedRule, (image, good) => {
        const { bodyOffset } = sectionOf(good, 'full');
        image.patch(bodyOffset - 4, be32(1));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning' }]);
  });

  it('is told by the description’s own second name which of two names is damaged', async () => {
    const rename = (from: 'stream' | 'description') =>
      findingsOf(sectionUndescribedRule, (image, good) => {
        const { byteOffset } = sectionOf(good, 'full');
        const name = 'timer';
        if (from === 'stream') image.patch(byteOffset + 6, new TextEncoder().encode('t1mer'));
        else {
          const { byteOffset: at = 0, byteLength = 0 } = good.vmdescription ?? {};
          const text = Buffer.from(image.bytes(at, byteLength)).toString('latin1');
          image.patch(at + text.indexOf(`"name": "${name}"`) + 9, new TextEncoder().encode('t1mer'));
        }
      });
    expect(await rename('stream')).toMatchObject([{ outcome: 'refused' }]);
    expect(await rename('description')).toMatchObject([{ outcome: 'restores', severity: 'warning' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(sectionUndescribedRule)).toEqual([]);
  });
});
