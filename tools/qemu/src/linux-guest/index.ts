export { type BalloonDriver, findBalloonDriver, installBalloonDriver } from './balloon-driver.js';
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
  type DebuggerCommand,
  findDebuggers,
  type LinuxDebuggers,
} from './install-debuggers.js';
export {
  findLinuxGuest,
  installLinuxGuest,
  type LinuxGuest,
  type MissingLinuxGuest,
} from './install-linux-guest.js';
export { LINUX_KERNELS, type LinuxKernelName } from './linux-kernels.js';
export type { SerialConsole } from './serial-console.js';
