import { destinationPageSize } from '@mapped-ram/facts';
import { hasChange, targetsOfMachine } from '@mapped-ram/releases';
import type { LintContext } from '../context.js';
import { machineTypeOf } from './device-versions.js';

/** Bytes a page of avr, before and since its page grew. */
const AVR_PAGE_BYTES = { before: 256, since: 1024 };

/**
 * The page size of the destination in the release that restores, in bytes. It is that of a destination that fits the file, but
 * for avr, whose page is not the same in all releases.
 */
export function targetPageSize(context: LintContext): number {
  const machine = machineTypeOf(context);
  const isAvr = machine !== undefined && targetsOfMachine(machine).join() === 'avr';
  if (!isAvr) return destinationPageSize(context.snapshot);
  return hasChange('avrPageOf1024', context.target.qemu) === 'yes'
    ? AVR_PAGE_BYTES.since
    : AVR_PAGE_BYTES.before;
}
