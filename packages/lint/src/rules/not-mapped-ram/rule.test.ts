import { describe, expect, it } from 'vitest';
import { ascii, blockOf, findingsOf } from '../testing/damage.js';
import { notMappedRamRule } from './rule.js';

describe('not-mapped-ram', () => {
  it('reports a classic stream', async () => {
    expect(await findingsOf(notMappedRamRule, undefined, { capture: 'libvirt-11.3/save-raw' })).toMatchObject(
      [{ outcome: 'refused', severity: 'error', where: 'configuration.capabilities' }],
    );
  });

  it('reports another capability in its place', async () => {
    expect(
      await findingsOf(notMappedRamRule, (image, good) => {
        const listed = good.configuration?.capabilities?.[0]?.byteOffset ?? 0;
        image.patch(listed + 1, ascii('M'));
      }),
    ).toMatchObject([{ outcome: 'refused', actual: 'Mapped-ram' }]);
  });

  it('reports a classic stream without a configuration section', async () => {
    expect(
      await findingsOf(
        notMappedRamRule,
        (image, good) => {
          const { headerOffset } = blockOf(good);
          image.patch(headerOffset, new Uint8Array(28).fill(0xff));
        },
        { capture: 'qemu-10.0/no-configuration' },
      ),
    ).toMatchObject([{ outcome: 'refused', where: 'ram' }]);
  });

  it('reports nothing where the header of libvirt is to blame', async () => {
    expect(
      await findingsOf(notMappedRamRule, undefined, { capture: 'libvirt-11.3/snapshot-sparse' }),
    ).toEqual([]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(notMappedRamRule)).toEqual([]);
  });
});
