import { describe, expect, it } from 'vitest';
import { be32, findingsOf } from '../testing/damage.js';
import { vmdescriptionBadRule } from './rule.js';

describe('vmdescription-bad', () => {
  it('reports one that is cut', async () => {
    expect(
      await findingsOf(vmdescriptionBadRule, (image) => {
        image.truncate(image.sizeBytes - 20);
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning' }]);
  });

  it('reports one whose frame is cut', async () => {
    expect(
      await findingsOf(vmdescriptionBadRule, (image, good) => {
        image.truncate((good.endMarkerOffset ?? 0) + 3);
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning' }]);
  });

  it('reports one that is garbage', async () => {
    expect(
      await findingsOf(vmdescriptionBadRule, (image, good) => {
        image.patch((good.endMarkerOffset ?? 0) + 7, new Uint8Array(50).fill(0xee));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning' }]);
  });

  it('reports one that is shorter than it says', async () => {
    expect(
      await findingsOf(vmdescriptionBadRule, (image, good) => {
        image.patch((good.endMarkerOffset ?? 0) + 2, be32(0xffffff));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(vmdescriptionBadRule)).toEqual([]);
  });
});
