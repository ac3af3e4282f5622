import type { StateNode } from '@mapped-ram/reader';
import { findState } from '../devices/state-fields.js';

/** A time that a clock of the guest showed when it was saved. */
export interface GuestClock {
  /** The device that tells it. */
  readonly device: string;
  /** `2026-11-21T01:01:20`: without a zone, because the guest decides whether its clock is UTC. */
  readonly time: string;
}

/** Registers of the PC's clock, in its battery-backed memory. */
const CmosRegister = {
  seconds: 0x00,
  minutes: 0x02,
  hours: 0x04,
  day: 0x07,
  month: 0x08,
  year: 0x09,
  registerB: 0x0b,
  century: 0x32,
} as const;

const REGISTER_B_BINARY = 0x04;
const REGISTER_B_24_HOURS = 0x02;
const HOURS_PM = 0x80;

const NANOSECONDS = 1_000_000_000n;

/**
 * Reads the guest's clock: the PC's, or that of Arm's `virt` machine.
 *
 * @param machineTimeNs Of the device `timer`: Arm's clock is saved as what it is ahead of this.
 */
export function guestClock(
  mc146818rtc: StateNode | undefined,
  pl031: StateNode | undefined,
  machineTimeNs: bigint | undefined,
): GuestClock | undefined {
  const cmos = mc146818rtc && findState(mc146818rtc, 'cmos_data')?.value;
  if (cmos instanceof Uint8Array && cmos.length > CmosRegister.century) {
    return { device: 'mc146818rtc', time: cmosTime(cmos) };
  }
  const ahead = pl031 && findState(pl031, 'tick_offset_vmstate')?.value;
  if (typeof ahead === 'bigint' && machineTimeNs !== undefined) {
    const seconds = BigInt.asUintN(32, ahead + machineTimeNs / NANOSECONDS);
    return { device: 'pl031', time: new Date(Number(seconds) * 1000).toISOString().slice(0, 19) };
  }
  return undefined;
}

function cmosTime(cmos: Uint8Array): string {
  const registerB = cmos[CmosRegister.registerB] ?? 0;
  const isBinary = (registerB & REGISTER_B_BINARY) !== 0;
  const decode = (byte: number) => (isBinary ? byte : (byte >> 4) * 10 + (byte & 0x0f));
  const read = (register: number) => decode(cmos[register] ?? 0);
  const hoursByte = cmos[CmosRegister.hours] ?? 0;
  const is24Hours = (registerB & REGISTER_B_24_HOURS) !== 0;
  const hours = is24Hours
    ? decode(hoursByte)
    : (decode(hoursByte & ~HOURS_PM) % 12) + ((hoursByte & HOURS_PM) !== 0 ? 12 : 0);
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const date = [
    twoDigits(read(CmosRegister.century)) + twoDigits(read(CmosRegister.year)),
    twoDigits(read(CmosRegister.month)),
    twoDigits(read(CmosRegister.day)),
  ];
  const time = [hours, read(CmosRegister.minutes), read(CmosRegister.seconds)].map(twoDigits);
  return `${date.join('-')}T${time.join(':')}`;
}
