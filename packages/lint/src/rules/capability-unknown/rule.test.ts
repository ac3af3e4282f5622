import type { SparseImage } from '@mapped-ram/fixtures';
import type { Snapshot } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { ascii, be32, findingsOf, insertBeforeTable } from '../testing/damage.js';
import { capabilityUnknownRule } from './rule.js';

describe('capability-unknown', () => {
  it('reports a name that QEMU does not have', async () => {
    expect(
      await findingsOf(capabilityUnknownRule, (image, good) => {
        const listed = good.configuration?.capabilities?.[0]?.byteOffset ?? 0;
        image.patch(listed + 1, ascii('M'));
      }),
    ).toMatchObject([{ outcome: 'refused', where: 'configuration.capabilities[0]', actual: '"Mapped-ram"' }]);
  });

  it('reports a name that only older versions have', async () => {
    expect(
      await findingsOf(
        capabilityUnknownRule,
        (image, good) => {
          addCapability(image, good, 'zero-blocks');
        },
        { qemu: '11.1' },
      ),
    ).toMatchObject([{ outcome: 'refused', where: 'configuration.capabilities[1]' }]);
  });

  it('reports nothing where the version has it', async () => {
    expect(
      await findingsOf(
        capabilityUnknownRule,
        (image, good) => {
          addCapability(image, good, 'zero-blocks');
        },
        { qemu: '10.0' },
      ),
    ).toEqual([]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(capabilityUnknownRule)).toEqual([]);
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
