import type { StateNode } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { guestClock } from './guest-clock.js';

function rtc(registers: Readonly<Record<number, number>>): StateNode {
  const place = { byteOffset: 0, lengthBytes: 128 };
  const value = new Uint8Array(128);
  for (const [register, byte] of Object.entries(registers)) value[Number(register)] = byte;
  return {
    ...place,
    name: 'mc146818rtc',
    type: 'device',
    children: [{ ...place, name: 'cmos_data', type: 'buffer', value }],
  };
}

const noon = { 0: 0x59, 2: 0x30, 4: 0x12, 7: 0x31, 8: 0x12, 9: 0x26, 50: 0x20 };

it.each([
  ['24 hours, decimal', { ...noon, 11: 0x02 }, '2026-12-31T12:30:59'],
  ['12 hours, noon', { ...noon, 4: 0x92, 11: 0x00 }, '2026-12-31T12:30:59'],
  ['12 hours, midnight', { ...noon, 11: 0x00 }, '2026-12-31T00:30:59'],
  ['12 hours, evening', { ...noon, 4: 0x88, 11: 0x00 }, '2026-12-31T20:30:59'],
  ['24 hours, binary', { 0: 59, 2: 30, 4: 23, 7: 31, 8: 12, 9: 26, 50: 20, 11: 0x06 }, '2026-12-31T23:30:59'],
])('reads a PC clock with %s', (_, registers, time) => {
  expect(guestClock(rtc(registers), undefined, undefined)).toEqual({ device: 'mc146818rtc', time });
});

it('tells nothing where there is no clock', () => {
  expect(guestClock(undefined, undefined, 0n)).toBeUndefined();
});
