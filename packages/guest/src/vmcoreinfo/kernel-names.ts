import type { Vmcoreinfo } from './vmcoreinfo.js';

/** Bytes of a string in `struct new_utsname` (Linux: include/uapi/linux/utsname.h). */
export const UTS_STRING_BYTES = 65;

/** Where `uts_namespace` has its name in kernels that do not tell it (Linux 5.10: behind `struct kref kref`). */
const UTS_NAME_OFFSET = 4;

/** Address of the `struct new_utsname` by which a kernel calls itself: six strings. */
export function kernelNamesAddress(info: Vmcoreinfo): bigint {
  const tells = info.has('OFFSET(uts_namespace.name)');
  return info.symbol('init_uts_ns') + BigInt(tells ? info.offset('uts_namespace.name') : UTS_NAME_OFFSET);
}
