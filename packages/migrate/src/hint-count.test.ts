import { expect, test } from 'vitest';
import { HintCount } from './hint-count.js';

const MIB = 2 ** 20;
const PAGE = 4096;
/** Pages that are not counted yet. */
const UNDER_WAY = 64 * PAGE;

function saving(round: number, doneBytes: number, sentBytes: number) {
  return {
    ram: {
      ...{ transferred: 0, mbps: 0, total: 64 * MIB, remaining: 64 * MIB - doneBytes },
      ...{ 'dirty-sync-count': round, 'page-size': PAGE, normal: sentBytes / PAGE, duplicate: 0 },
    },
  };
}

test('what is done and was not sent was told to be free, but for the pages under way', () => {
  const hints = new HintCount({ multifd: false, channels: 2, directIo: false, byteOffset: 0 });
  hints.add({ ram: undefined });
  hints.add(saving(1, 4 * MIB + UNDER_WAY, 4 * MIB));
  expect(hints.bytes).toBe(0);
  hints.add(saving(1, 20 * MIB + UNDER_WAY, 12 * MIB));
  hints.add(saving(1, 24 * MIB, 16 * MIB));
  expect(hints.bytes).toBe(8 * MIB);
});

test('a later round, in which pages are sent again, says nothing', () => {
  const hints = new HintCount({ multifd: false, channels: 2, directIo: false, byteOffset: 0 });
  hints.add(saving(2, 64 * MIB, 16 * MIB));
  expect(hints.bytes).toBe(0);
});

test('with multifd a channel holds a packet that is not counted yet', () => {
  const hints = new HintCount({ multifd: true, channels: 4, directIo: false, byteOffset: 0 });
  hints.add(saving(1, 2 * MIB + UNDER_WAY, 0));
  expect(hints.bytes).toBe(0);
  hints.add(saving(1, 6 * MIB + UNDER_WAY, 0));
  expect(hints.bytes).toBe(4 * MIB);
});
