export { type DescribeGuestOptions, describeGuest, type GuestInfo } from './describe-guest.js';
export {
  type DroppableOptions,
  type DroppablePages,
  findDroppablePages,
} from './free-pages/droppable-pages.js';
export {
  type FreePages,
  type FreePagesOptions,
  findFreePages,
  type ZoneReport,
} from './free-pages/find-free-pages.js';
export type { PageSet } from './free-pages/page-set.js';
export { findLinuxGuest, type GuestOptions, type LinuxGuest, openLinuxGuest } from './linux-guest.js';
export { formatLogRecord, type LogRecord, readLog } from './log/read-log.js';
export type { GuestArchitecture } from './memory/kernel-memory.js';
export { PhysicalMemory } from './memory/physical-memory.js';
export { VirtualMemory } from './memory/virtual-memory.js';
export { type Mapping, PageTables } from './paging/page-tables.js';
export { type X86Paging, x86Paging, x86PagingFormat } from './paging/x86-paging.js';
export {
  type GuestTask,
  type ListTasksOptions,
  listTasks,
} from './processes/list-processes.js';
export { AddressBook, type GuestAddresses } from './search/address-book.js';
export {
  bytePattern,
  type OnMatch,
  type Pattern,
  type PatternLiteral,
  regularExpression,
} from './search/pattern.js';
export { type BlockMatch, type SearchOptions, searchBlock } from './search/search-memory.js';
export { type KernelSymbol, KernelSymbols, readSymbols, systemMap } from './symbols/kernel-symbols.js';
export type { BtfTypes } from './types/btf.js';
export { type IsfContents, isf } from './types/isf.js';
export { readBanner, readTypes } from './types/read-types.js';
export { readDeviceNote } from './vmcoreinfo/device-note.js';
export { encodeVmcoreinfoNote } from './vmcoreinfo/elf-note.js';
export type { FindOptions, VmcoreinfoOrigin } from './vmcoreinfo/find-vmcoreinfo.js';
export { kernelNamesAddress } from './vmcoreinfo/kernel-names.js';
export { Vmcoreinfo } from './vmcoreinfo/vmcoreinfo.js';
