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

/** What can be installed beside each other: the system emulators by package, and `utils` with qemu-img. */
export const QEMU_GROUPS = ['x86', 'arm', 'misc', 'ppc', 'riscv', 's390x', 'utils'] as const;
export type QemuGroup = (typeof QEMU_GROUPS)[number];

/** The Debian package of a group. */
export function packageName(group: QemuGroup): string {
  return group === 'utils' ? 'qemu-utils' : `qemu-system-${group}`;
}
