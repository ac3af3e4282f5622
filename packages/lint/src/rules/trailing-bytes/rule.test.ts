import { describe, expect, it } from 'vitest';
import { findingsOf, sectionOf } from '../testing/damage.js';
import { trailingBytesRule } from './rule.js';

describe('trailing-bytes', () => {
  it('reports bytes behind the stream', async () => {
    expect(
      await findingsOf(trailingBytesRule, (image) => {
        image.patch(image.sizeBytes, new Uint8Array(4096).fill(1));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note', byteLength: 4096 }]);
  });

  it('reports nothing where the stream does not come to its end', async () => {
    expect(
      await findingsOf(trailingBytesRule, (image, good) => {
        image.patch(sectionOf(good, 'part').byteOffset, Uint8Array.of(9));
      }),
    ).toEqual([]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(trailingBytesRule)).toEqual([]);
  });
});
