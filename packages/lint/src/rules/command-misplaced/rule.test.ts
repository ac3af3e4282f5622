import { describe, expect, it } from 'vitest';
import { be16, be32, findingsOf, sectionOf } from '../testing/damage.js';
import { commandMisplacedRule } from './rule.js';

describe('command-misplaced', () => {
  it('reports postcopy', async () => {
    expect(
      await findingsOf(commandMisplacedRule, (image, good) => {
        const { byteOffset } = sectionOf(good, 'end');
        image.insert(byteOffset, Uint8Array.of(8, ...be16(4), ...be16(0)));
      }),
    ).toMatchObject([{ outcome: 'refused', severity: 'error' }]);
  });

  it('reports a ping without a return path', async () => {
    expect(
      await findingsOf(commandMisplacedRule, (image, good) => {
        const { byteOffset } = sectionOf(good, 'end');
        image.insert(byteOffset, Uint8Array.of(8, ...be16(2), ...be16(4), ...be32(1)));
      }),
    ).toMatchObject([{ outcome: 'refused', qemu: expect.stringContaining('CMD_PING') }]);
  });

  it('reports a postcopy advise, which QEMU takes', async () => {
    expect(
      await findingsOf(commandMisplacedRule, (image, good) => {
        const { byteOffset } = sectionOf(good, 'end');
        image.insert(byteOffset, Uint8Array.of(8, ...be16(3), ...be16(0)));
      }),
    ).toMatchObject([{ outcome: 'restores', severity: 'warning' }]);
  });

  it('reports nothing in a file that was saved with a return path', async () => {
    expect(await findingsOf(commandMisplacedRule, undefined, { capture: 'qemu-10.0/return-path' })).toEqual(
      [],
    );
  });

  it('is silent about a good file', async () => {
    expect(await findingsOf(commandMisplacedRule)).toEqual([]);
  });
});
