import { MappedRamError } from '@mapped-ram/format';
import { arm64PagingFormat } from '../paging/arm64-paging.js';
import { PageTables } from '../paging/page-tables.js';
import { x86PagingFormat } from '../paging/x86-paging.js';
import type { Vmcoreinfo } from '../vmcoreinfo/vmcoreinfo.js';
import type { PhysicalMemory } from './physical-memory.js';
import { VirtualMemory } from './virtual-memory.js';

/** Where x86-64 has the kernel's image (Linux: arch/x86/include/asm/page_64_types.h, `__START_KERNEL_map`). */
const X86_KERNEL_MAP = 0xffff_ffff_8000_0000n;

/** Architectures whose Linux guests are understood. */
export type GuestArchitecture = 'x86-64' | 'arm64';

/** What kind of processor a kernel runs on, by what it tells of itself. @throws MappedRamError `unsupported` */
export function guestArchitecture(info: Vmcoreinfo): GuestArchitecture {
  if (info.has('NUMBER(phys_base)')) return 'x86-64';
  if (info.has('NUMBER(kimage_voffset)')) return 'arm64';
  throw new MappedRamError('unsupported', {
    what: 'the guest is a Linux of another architecture than x86-64 and arm64: its VMCOREINFO has neither phys_base nor kimage_voffset',
  });
}

/**
 * A Linux guest's memory by the kernel's addresses, through the page tables that it started with (`init_top_pgt`, `swapper_pg_dir`).
 *
 * @throws MappedRamError `unsupported` where VMCOREINFO lacks what is needed.
 */
export function kernelMemory(info: Vmcoreinfo, physical: PhysicalMemory): VirtualMemory {
  const tables =
    guestArchitecture(info) === 'x86-64'
      ? x86KernelTables(info, physical)
      : arm64KernelTables(info, physical);
  return new VirtualMemory(physical, tables);
}

/** Levels of a kernel's page tables. @throws MappedRamError `unsupported` */
export function pagingLevels({ tables }: VirtualMemory): number {
  return tables.format.levels;
}

function x86KernelTables(info: Vmcoreinfo, physical: PhysicalMemory): PageTables {
  const root = info.symbol(info.has('SYMBOL(init_top_pgt)') ? 'init_top_pgt' : 'swapper_pg_dir');
  const levels = info.has('NUMBER(pgtable_l5_enabled)') && info.number('pgtable_l5_enabled') !== 0n ? 5 : 4;
  const encryptionMask = info.has('NUMBER(sme_mask)') ? info.number('sme_mask') : 0n;
  const address = BigInt.asUintN(64, root - X86_KERNEL_MAP + info.number('phys_base'));
  return new PageTables(physical, x86PagingFormat(levels, encryptionMask), address);
}

function arm64KernelTables(info: Vmcoreinfo, physical: PhysicalMemory): PageTables {
  const root = BigInt.asUintN(64, info.symbol('swapper_pg_dir') - info.number('kimage_voffset'));
  const virtualBits = info.has('NUMBER(TCR_EL1_T1SZ)')
    ? 64 - Number(info.number('TCR_EL1_T1SZ'))
    : Number(info.number('VA_BITS'));
  if (!(virtualBits >= 36 && virtualBits <= 52)) {
    throw new MappedRamError('unsupported', {
      what: "the guest's VMCOREINFO gives addresses a length that cannot be",
      expected: '36 to 52 bits',
      actual: virtualBits,
    });
  }
  return new PageTables(physical, arm64PagingFormat(virtualBits, info.pageSize), root);
}
