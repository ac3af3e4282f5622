import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { libvirtHeaderRule } from './rule.js';

describe('libvirt-header', () => {
  it('reports a stream that would start behind the end of the file', async () => {
    expect(
      await findingsOf(
        libvirtHeaderRule,
        (image) => {
          image.patch(20, Uint8Array.of(0xff, 0xff, 0xff, 0x7f));
        },
        { capture: 'libvirt-11.3/save-sparse' },
      ),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', where: 'libvirt.dataLengthBytes' }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(libvirtHeaderRule, undefined, { capture: 'libvirt-11.3/save-sparse' })).toEqual(
      [],
    );
  });
});
