import { describe, expect, it } from 'vitest';
import { findingsOf } from '../testing/damage.js';
import { notAMigrationStreamRule } from './rule.js';

describe('not-a-migration-stream', () => {
  it('reports another magic', async () => {
    expect(
      await findingsOf(notAMigrationStreamRule, (image, good) => {
        image.patch(good.streamOffset, Uint8Array.of(0x11));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error', byteOffset: 0, byteLength: 4 }]);
  });

  it('reports a stream that starts elsewhere', async () => {
    expect(
      await findingsOf(notAMigrationStreamRule, undefined, { capture: 'qemu-10.0/offset-aligned' }),
    ).toMatchObject([{ outcome: 'refused', byteOffset: 0 }]);
  });

  it('reports a stream that libvirt compressed', async () => {
    expect(
      await findingsOf(
        notAMigrationStreamRule,
        (image, good) => {
          image.patch(28, Uint8Array.of(5));
          image.patch(good.streamOffset, new Uint8Array(4));
        },
        { capture: 'libvirt-11.3/save-sparse' },
      ),
    ).toMatchObject([{ message: expect.stringContaining('compressed') }]);
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(notAMigrationStreamRule)).toEqual([]);
  });
});
