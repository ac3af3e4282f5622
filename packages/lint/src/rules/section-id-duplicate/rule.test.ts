import type { SparseImage } from '@mapped-ram/fixtures';
import type { ByteSpan, Snapshot } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { be32, findingsOf, sectionOf } from '../testing/damage.js';
import { sectionIdDuplicateRule } from './rule.js';

describe('section-id-duplicate', () => {
  it('reports a device with the id of ram, after its END', async () => {
    expect(
      await findingsOf(sectionIdDuplicateRule, (image, good) => {
        giveRamId(image, good, sectionOf(good, 'full'));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning' }]);
  });

  it('reports a device with the id of ram, before its END', async () => {
    expect(
      await findingsOf(sectionIdDuplicateRule, (image, good) => {
        const device = sectionOf(good, 'full');
        const end = sectionOf(good, 'end');
        const copy = image.bytes(device.byteOffset, device.byteLength);
        image.insert(end.byteOffset, copy);
        giveRamId(image, good, { ...device, byteOffset: end.byteOffset });
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(sectionIdDuplicateRule)).toEqual([]);
  });
});

function giveRamId(image: SparseImage, good: Snapshot, { byteOffset, byteLength }: ByteSpan): void {
  const id = be32(sectionOf(good, 'start').sectionId);
  image.patch(byteOffset + 1, id);
  image.patch(byteOffset + byteLength - 4, id);
}
