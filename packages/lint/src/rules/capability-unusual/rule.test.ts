import type { SparseImage } from '@mapped-ram/fixtures';
import type { Snapshot } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { ascii, be32, findingsOf, insertBeforeTable } from '../testing/damage.js';
import { capabilityUnusualRule } from './rule.js';

describe('capability-unusual', () => {
  it('reports a capability that QEMU does not list', async () => {
    expect(
      await findingsOf(capabilityUnusualRule, (image, good) => {
        addCapability(image, good, 'events');
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'note', where: 'configuration.capabilities[1]' }]);
  });

  it('reports one that is listed twice', async () => {
    expect(
      await findingsOf(capabilityUnusualRule, (image, good) => {
        addCapability(image, good, 'mapped-ram');
      }),
    ).toMatchObject([{ outcome: 'restores', message: expect.stringContaining('twice') }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(capabilityUnusualRule)).toEqual([]);
  });
});

function addCapability(image: SparseImage, good: Snapshot, name: string): void {
  const list = good.configuration?.subsections[0];
  if (list === undefined) throw new RangeError('the capture lists no capabilities');
  insertBeforeTable(
    image,
    good,
    list.byteOffset + list.byteLength,
    Uint8Array.of(name.length, ...ascii(name)),
  );
  image.patch(list.byteOffset + 2 + list.name.length + 4, be32(2));
}
