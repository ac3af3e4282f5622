/** A kernel of Debian's that tests boot. */
export interface LinuxKernel {
  /** The package comes from the last one. */
  readonly suites: readonly [string, ...string[]];
  /** As Debian calls it. */
  readonly architecture: 'amd64' | 'arm64';
  /** Name of its serial line, without `/dev/`. */
  readonly serialLine: string;
}

/** Kernels by name: of each release of Debian that is cared for, and the newest that one has. */
export const LINUX_KERNELS = {
  trixie: { suites: ['trixie'], architecture: 'amd64', serialLine: 'ttyS0' },
  bullseye: { suites: ['bullseye'], architecture: 'amd64', serialLine: 'ttyS0' },
  bookworm: { suites: ['bookworm'], architecture: 'amd64', serialLine: 'ttyS0' },
  'trixie-backports': {
    suites: ['trixie', 'trixie-backports'],
    architecture: 'amd64',
    serialLine: 'ttyS0',
  },
  arm64: { suites: ['trixie'], architecture: 'arm64', serialLine: 'ttyAMA0' },
} as const satisfies Record<string, LinuxKernel>;

/** The name of one. */
export type LinuxKernelName = keyof typeof LINUX_KERNELS;
