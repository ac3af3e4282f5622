import type { StateFields } from '@mapped-ram/facts';
import type { PagingFormat } from './paging-format.js';

const CR0_PAGING = 1n << 31n;
const CR4_FIVE_LEVELS = 1n << 12n;
const EFER_LONG_MODE = 1n << 10n;

const PRESENT = 1;
const LARGE_PAGE = 1 << 7;
const ADDRESS_MASK = 0x000f_ffff_ffff_f000n;

/** Levels whose entries can stand for a page: 4 KiB, 2 MiB, 1 GiB. */
const LARGEST_PAGE_LEVEL = 3;

/** What a processor's registers say of paging. */
export interface X86Paging {
  /** Whether addresses are translated in long mode. */
  readonly isOn: boolean;
  /** Whether the processor runs the kernel rather than a program. */
  readonly inKernel: boolean;
  readonly levels: 4 | 5;
  /** Guest-physical address of the topmost table (CR3). */
  readonly root: bigint;
}

/**
 * Reads a processor's paging out of its state.
 *
 * @throws MappedRamError `unsupported` where its state is not as it is known.
 */
export function x86Paging(processor: StateFields): X86Paging {
  const isOn =
    (processor.integer('env.cr[0]') & CR0_PAGING) !== 0n &&
    (processor.integer('env.efer') & EFER_LONG_MODE) !== 0n;
  return {
    isOn,
    inKernel: (processor.struct('env.segs[1]').integer('selector') & 3n) === 0n,
    levels: (processor.integer('env.cr[4]') & CR4_FIVE_LEVELS) !== 0n ? 5 : 4,
    root: processor.integer('env.cr[3]') & ADDRESS_MASK,
  };
}

/**
 * Page tables of x86-64 (Intel SDM volume 3, 4.5).
 *
 * @param encryptionMask The bit that marks encrypted memory (`sme_mask`); it is no part of an address.
 */
export function x86PagingFormat(levels: 4 | 5, encryptionMask = 0n): PagingFormat {
  return {
    pageShift: 12,
    levelShift: 9,
    topShift: 9,
    levels,
    upperBits: 'sign',
    highAddressMask: Number((ADDRESS_MASK & ~encryptionMask) >> 32n),
    kind(low, level) {
      if ((low & PRESENT) === 0) return 'nothing';
      return level === 1 || (level <= LARGEST_PAGE_LEVEL && (low & LARGE_PAGE) !== 0) ? 'page' : 'table';
    },
  };
}
