import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { libvirtCookieOffsetRule } from './rule.js';

describe('libvirt-cookie-offset', () => {
  it('reports a cookie behind the data', async () => {
    expect(
      await findingsOf(
        libvirtCookieOffsetRule,
        (image) => {
          image.patch(32, Uint8Array.of(0xff, 0xff, 0xff, 0x7f));
        },
        { capture: 'libvirt-11.3/save-sparse' },
      ),
    ).toMatchObject([
      { outcome: 'crashes', severity: 'error', where: 'libvirt.cookieOffset', byteOffset: 32 },
    ]);
  });

  it('is silent about a good file', async () => {
    expect(
      await findingsOf(libvirtCookieOffsetRule, undefined, { capture: 'libvirt-11.3/save-sparse' }),
    ).toEqual([]);
  });
});
