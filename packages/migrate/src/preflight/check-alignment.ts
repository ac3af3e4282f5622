import { directIoSupport } from '@mapped-ram/posix';
import { fault, type PreflightFinding } from './finding.js';

/** Guests whose pages are smaller than 4 KiB; of Arm only some are (Cortex-M). */
const SMALL_PAGES: Readonly<Record<string, { readonly pageSize: number; readonly always: boolean }>> = {
  avr: { pageSize: 256, always: true },
  arm: { pageSize: 1024, always: false },
};

/**
 * Whether the disk takes pages of this guest with direct I/O, one at a time if need be. The others fail in QEMU,
 * which reports that; QEMU 10.0 now and then dies of it (SIGSEGV in a channel), and the guest with it.
 *
 * @param file on that disk, to be opened for reading
 */
export function checkAlignment(file: string, architecture: string): PreflightFinding[] {
  const small = SMALL_PAGES[architecture];
  if (small === undefined) return [];
  const support = directIoSupport(file);
  if (!support.supported || support.offsetAlignmentBytes <= small.pageSize) return [];
  const message = `direct I/O is in pieces of ${support.offsetAlignmentBytes} bytes here, and the guest's pages have ${small.pageSize}: QEMU fails to write them, and may die of it`;
  const finding = fault('direct-io-alignment', 'refused', message, {
    help: 'switch direct-io off',
    qemuError: 'Unable to write to file: Invalid argument',
  });
  const isSure = small.always && support.alignmentFrom === 'statx';
  return [isSure ? finding : { ...finding, severity: 'warning', outcome: 'works' }];
}
