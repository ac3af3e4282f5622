import type { QemuTarget } from '../index.js';

/** A kernel of Debian's that tests boot. */
export interface LinuxKernel {
  /** The package comes from the last one. */
  readonly suites: readonly [string, ...string[]];
  /** As Debian calls it. */
  readonly architecture: 'amd64' | 'arm64';
  /** Its package, without `linux-image-`. */
  readonly flavour: string;
  /** QEMU for it. */
  readonly target: QemuTarget;
  /** Name of its serial line, without `/dev/`. */
  readonly serialLine: string;
}

const PC = {
  architecture: 'amd64',
  flavour: 'cloud-amd64',
  target: 'x86_64',
  serialLine: 'ttyS0',
} as const;
const ARM = { architecture: 'arm64', target: 'aarch64', serialLine: 'ttyAMA0' } as const;

/** Kernels by name: of each release of Debian that is cared for, and the newest that one has; for arm64 with pages of 4 and of 16 KiB. */
export const LINUX_KERNELS = {
  trixie: { suites: ['trixie'], ...PC },
  bullseye: { suites: ['bullseye'], ...PC },
  bookworm: { suites: ['bookworm'], ...PC },
  'trixie-backports': { suites: ['trixie', 'trixie-backports'], ...PC },
  arm64: { suites: ['trixie'], flavour: 'cloud-arm64', ...ARM },
  'arm64-16k': { suites: ['trixie'], flavour: 'arm64-16k', ...ARM },
} as const satisfies Record<string, LinuxKernel>;

/** The name of one. */
export type LinuxKernelName = keyof typeof LINUX_KERNELS;
