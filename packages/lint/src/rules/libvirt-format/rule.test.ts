import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { libvirtFormatRule } from './rule.js';

describe('libvirt-format', () => {
  it('reports format 6 over a classic stream', async () => {
    expect(
      await findingsOf(libvirtFormatRule, undefined, { capture: 'libvirt-11.3/snapshot-sparse' }),
    ).toMatchObject([{ outcome: 'refused', where: 'libvirt.format', actual: '6' }]);
  });

  it('reports another format over a mapped-ram stream', async () => {
    expect(
      await findingsOf(
        libvirtFormatRule,
        (image) => {
          image.patch(28, Uint8Array.of(0));
        },
        { capture: 'libvirt-11.3/save-sparse' },
      ),
    ).toMatchObject([{ outcome: 'refused', where: 'libvirt.format', actual: '0' }]);
  });

  it('reports a format that does not exist', async () => {
    expect(
      await findingsOf(
        libvirtFormatRule,
        (image) => {
          image.patch(28, Uint8Array.of(9));
        },
        { capture: 'libvirt-11.3/save-sparse' },
      ),
    ).toMatchObject([{ outcome: 'refused', where: 'libvirt.format', actual: '9' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(libvirtFormatRule, undefined, { capture: 'libvirt-11.3/save-sparse' })).toEqual(
      [],
    );
  });
});
