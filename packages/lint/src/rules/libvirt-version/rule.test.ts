import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { libvirtVersionRule } from './rule.js';

describe('libvirt-version', () => {
  it('reports a lower version, which libvirt takes', async () => {
    expect(
      await findingsOf(
        libvirtVersionRule,
        (image) => {
          image.patch(16, Uint8Array.of(1));
        },
        { capture: 'libvirt-11.3/save-sparse' },
      ),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning', where: 'libvirt.version', byteOffset: 16 }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(libvirtVersionRule, undefined, { capture: 'libvirt-11.3/save-sparse' })).toEqual(
      [],
    );
  });
});
