import { describe, expect, it } from 'vitest';
import { ascii, be32, findingsOf, insertBeforeTable } from '../testing/damage.js';
import { machineTypeRule } from './rule.js';

describe('machine-type', () => {
  it('reports an empty name, which QEMU takes', async () => {
    expect(
      await findingsOf(machineTypeRule, (image, good) => {
        image.patch(13, new Uint8Array(good.configuration?.machine.length ?? 0));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning', where: 'configuration.machine' }]);
  });

  it('reports a name that is not printable', async () => {
    expect(
      await findingsOf(machineTypeRule, (image) => {
        image.patch(13, Uint8Array.of(7));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error' }]);
  });

  it.each([',x=y', 'a b', "n'e", '\0,x='])('reports a name that gives orders: %j', async (name) => {
    const [finding, ...others] = await findingsOf(machineTypeRule, (image) => image.patch(13, ascii(name)), {
      capture: 'qemu-10.0/pc',
    });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ where: 'configuration.machine' });
    if (name === ',x=y') expect(finding?.message).toContain('would be read as options');
  });

  it('reports bytes behind the name, which QEMU does not compare', async () => {
    expect(
      await findingsOf(machineTypeRule, (image, good) => {
        const { length } = good.configuration?.machine ?? '';
        insertBeforeTable(image, good, 13 + length, ascii('\0junk'));
        image.patch(9, be32(length + 5));
      }),
    ).toMatchObject([{ outcome: 'restores', message: expect.stringContaining('follow') }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(machineTypeRule)).toEqual([]);
  });
});
