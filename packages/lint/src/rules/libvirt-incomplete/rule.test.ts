import { describe, expect, it } from 'vitest';
import { ascii, findingsOf } from '../testing/damage.js';
import { libvirtIncompleteRule } from './rule.js';

describe('libvirt-incomplete', () => {
  it('reports the magic of an image that is being written', async () => {
    expect(
      await findingsOf(
        libvirtIncompleteRule,
        (image) => {
          image.patch(0, ascii('LibvirtQemudPart'));
        },
        { capture: 'libvirt-11.3/save-sparse' },
      ),
    ).toMatchObject([{ outcome: 'refused', where: 'libvirt.magic', byteOffset: 0, byteLength: 16 }]);
  });

  it('is silent about a good file', async () => {
    expect(
      await findingsOf(libvirtIncompleteRule, undefined, { capture: 'libvirt-11.3/save-sparse' }),
    ).toEqual([]);
  });
});
