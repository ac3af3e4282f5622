/** The QEMU lines that the project tests against. */
export const QEMU_VERSIONS = ['10.0', '11.1'] as const;
export type QemuVersion = (typeof QEMU_VERSIONS)[number];

/** The Debian suites that carry a version; the last one is where the QEMU packages come from, the others hold what it needs. */
export const SUITES: Readonly<Record<QemuVersion, readonly [string, ...string[]]>> = {
  '10.0': ['trixie'],
  '11.1': ['trixie', 'trixie-backports'],
};

/**
 * The guest architectures in use, by the suffix of `qemu-system-`, and the package that brings each. Each package is unpacked
 * into a folder of its own, so that the tests, which only need x86, fetch no more than that.
 */
export const TARGET_GROUPS = {
  x86_64: 'x86',
  i386: 'x86',
  aarch64: 'arm',
  arm: 'arm',
  avr: 'misc',
  alpha: 'misc',
  tricore: 'misc',
  ppc64: 'ppc',
  riscv64: 'riscv',
  s390x: 's390x',
} as const;
export type QemuTarget = keyof typeof TARGET_GROUPS;

/**
 * What can be installed beside each other, and the Debian packages of each; the version counted is that of the first. The
 * system emulators are packages of their own; `utils` has qemu-img; `libvirt` has the daemon, to be run in the unpacked tree.
 */
export const GROUP_PACKAGES = {
  x86: ['qemu-system-x86'],
  arm: ['qemu-system-arm'],
  misc: ['qemu-system-misc'],
  ppc: ['qemu-system-ppc'],
  riscv: ['qemu-system-riscv'],
  s390x: ['qemu-system-s390x'],
  utils: ['qemu-utils'],
  libvirt: [
    ...['libvirt-daemon', 'libvirt-daemon-driver-qemu', 'libvirt-clients', 'qemu-system-x86'],
    ...['gzip', 'bzip2', 'xz-utils', 'lzop', 'zstd'],
  ],
} as const satisfies Readonly<Record<string, readonly [string, ...string[]]>>;
export type QemuGroup = keyof typeof GROUP_PACKAGES;
export const QEMU_GROUPS = Object.keys(GROUP_PACKAGES) as readonly QemuGroup[];
