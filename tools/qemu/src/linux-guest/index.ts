export {
  type BootedLinux,
  type BootOptions,
  bootLinux,
  connectConsole,
  LINUX_GUEST_ARGS,
} from './boot-linux.js';
export type { CpioEntry } from './cpio.js';
export { FILL_MEMORY } from './fill-memory.js';
export {
  findLinuxGuest,
  installLinuxGuest,
  type LinuxGuest,
  type MissingLinuxGuest,
} from './install-linux-guest.js';
export type { LinuxKernelName } from './linux-kernels.js';
export type { SerialConsole } from './serial-console.js';
