import { booleanOption, checkOptions, MappedRamError } from '@mapped-ram/format';
import type { Snapshot } from '@mapped-ram/reader';
import { findFreePages } from './free-pages/find-free-pages.js';
import { findLinuxGuest, type GuestOptions, guestChecks } from './linux-guest.js';
import type { VmcoreinfoOrigin } from './vmcoreinfo/find-vmcoreinfo.js';

/** Of what is larger, page structures are looked at only if asked for: they take a second for each 64 GiB or so. */
const QUICK_BYTES = 64 * 2 ** 30;

/** What is known of the guest in a snapshot. */
export interface GuestInfo {
  readonly system: 'linux';
  /** As `uname -r` tells it. */
  readonly release: string;
  readonly architecture: string;
  /** By how much KASLR has moved the kernel's addresses, in hexadecimal digits; null where it is not told. */
  readonly kernelOffset: string | null;
  /** By how much its physical place differs from the one that it was linked for, in hexadecimal digits; x86-64 alone. */
  readonly physBase: string | null;
  /** Levels of its page tables. */
  readonly pagingLevels: number;
  /** Where VMCOREINFO came from. */
  readonly vmcoreinfo: VmcoreinfoOrigin;
  /** Pages that it does not use; null where that cannot be told, or was not looked for. */
  readonly freePages: number | null;
  /** Bytes of a page of the guest. */
  readonly pageSize: number;
}

/** How to look. */
export interface DescribeGuestOptions extends GuestOptions {
  /** Count free pages however large the guest is. */
  readonly deep?: boolean | undefined;
}

/**
 * Tells what guest is in a snapshot, as far as that can be seen.
 *
 * @returns undefined where no Linux guest is found.
 * @throws MappedRamError `read-failed`; the signal's reason.
 */
export async function describeGuest(
  snapshot: Snapshot,
  wanted: DescribeGuestOptions = {},
): Promise<GuestInfo | undefined> {
  checkOptions<DescribeGuestOptions>(wanted, { ...guestChecks, deep: booleanOption });
  const { deep = false, ...options } = wanted;
  const guest = await unlessUnknown(findLinuxGuest(snapshot, options));
  if (guest === undefined) return undefined;
  const { info, architecture, release, pagingLevels, origin } = guest;
  const memoryBytes = guest.map.ranges.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  const free = deep || memoryBytes <= QUICK_BYTES ? await unlessUnknown(findFreePages(guest)) : undefined;
  const isWhole = free?.zones.every(({ fault }) => fault === undefined) === true;
  return {
    system: 'linux',
    ...{ release, architecture, pagingLevels, vmcoreinfo: origin, pageSize: info.pageSize },
    kernelOffset: info.kernelOffset?.toString(16) ?? null,
    physBase: architecture === 'x86-64' ? info.number('phys_base').toString(16) : null,
    freePages: isWhole ? free.freePages : null,
  };
}

/** undefined where the guest is not understood, or the file is damaged. */
async function unlessUnknown<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof MappedRamError && error.code !== 'read-failed') return undefined;
    throw error;
  }
}
