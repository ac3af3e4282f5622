import type { Snapshot } from '@mapped-ram/reader';
import { readDevices } from '../state-fields.js';

const KIB_64 = 64 * 1024;
const MIB_16 = 16 * 1024 * 1024;

/** Registers of the memory between 16 MiB and 4 GiB, and of that above 4 GiB, in units of 64 KiB; the lowest byte first. */
const BELOW_4_GIB = [0x34, 0x35];
const ABOVE_4_GIB = [0x5b, 0x5c, 0x5d];

/**
 * How much RAM the machine told its firmware to have below 4 GiB, by the registers of its clock (QEMU 9.0 to 11.1: hw/i386/pc.c,
 * `pc_cmos_init`). It shows what `max-ram-below-4g` was.
 *
 * @param totalBytes What it has in all.
 * @returns undefined where it has no such clock, nothing is above 4 GiB, or what it told does not make up the whole.
 * @throws MappedRamError as `decodeDeviceState` does.
 */
export async function lowMemoryByCmos(snapshot: Snapshot, totalBytes: number): Promise<number | undefined> {
  const [clock] = await readDevices(snapshot, 'mc146818rtc');
  return clock?.has('cmos_data') ? lowMemoryOf(clock.bytes('cmos_data'), totalBytes) : undefined;
}

/** As {@link lowMemoryByCmos}, out of the registers. */
export function lowMemoryOf(registers: Uint8Array, totalBytes: number): number | undefined {
  const unitsIn = (places: readonly number[]) =>
    places.reduce((sum, place, index) => sum + (registers[place] ?? 0) * 256 ** index, 0);
  const high = unitsIn(ABOVE_4_GIB) * KIB_64;
  const low = MIB_16 + unitsIn(BELOW_4_GIB) * KIB_64;
  return high > 0 && low > MIB_16 && low + high === totalBytes ? low : undefined;
}
