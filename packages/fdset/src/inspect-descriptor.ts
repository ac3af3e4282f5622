import { type BigIntStats, constants, readFileSync, statSync } from 'node:fs';
import { MappedRamError } from '@mapped-ram/format/errors';
import { directIoSupport, isPosixAvailable, type ProcessDescriptor, sharesOpenFile } from '@mapped-ram/posix';
import type { DescriptorFacts, FileKind } from './descriptor-facts.js';

const O_ACCMODE = 3;
/** Has no constant in Node; the same on x86 and Arm. */
const O_PATH = 0x200000;

/** A descriptor of this process, or one of another, such as of a running QEMU. */
export type DescriptorReference = number | ProcessDescriptor;

/**
 * Looks at one descriptor: /proc tells its flags, position and file, without a change to any of them. Whether its file takes
 * direct I/O is tried on a second, read-only open.
 *
 * @throws MappedRamError `not-inspectable`
 */
export function inspectDescriptor(reference: DescriptorReference): DescriptorFacts {
  const { pid, fd } = toProcessDescriptor(reference);
  const link = `/proc/${pid}/fd/${fd}`;
  let info: string;
  let stats: BigIntStats;
  try {
    info = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1');
    stats = statSync(link, { bigint: true });
  } catch (cause) {
    const what = `descriptor ${fd} of process ${pid} cannot be looked at`;
    throw new MappedRamError('not-inspectable', { what, cause });
  }
  const flags = Number.parseInt(field(info, 'flags'), 8);
  const fileKind = kindOf(stats);
  const pathOnly = (flags & O_PATH) !== 0;
  return {
    access: ACCESS_MODES[flags & O_ACCMODE] ?? 'read-write',
    direct: (flags & constants.O_DIRECT) !== 0,
    synchronous: (flags & (constants.O_SYNC | constants.O_DSYNC)) !== 0,
    append: (flags & constants.O_APPEND) !== 0,
    nonBlocking: (flags & constants.O_NONBLOCK) !== 0,
    pathOnly,
    position: Number(field(info, 'pos')),
    fileKind,
    fileIdentity: `${stats.dev}:${stats.ino}`,
    takesDirectIo: fileKind === 'regular' && !pathOnly ? takesDirectIo(link) : undefined,
  };
}

/**
 * Looks at the descriptors of a set, in the order in which QEMU gets them, and finds duplicates among them.
 *
 * @throws MappedRamError `not-inspectable`
 */
export function inspectDescriptors(references: readonly DescriptorReference[]): DescriptorFacts[] {
  const descriptors = references.map(toProcessDescriptor);
  return descriptors.map((descriptor, index) => {
    const original = descriptors.slice(0, index).findIndex((earlier) => isDuplicate(earlier, descriptor));
    return { ...inspectDescriptor(descriptor), duplicateOf: original === -1 ? undefined : original };
  });
}

const ACCESS_MODES = ['read', 'write', 'read-write'] as const;

function toProcessDescriptor(reference: DescriptorReference): ProcessDescriptor {
  return typeof reference === 'number' ? { pid: process.pid, fd: reference } : reference;
}

function field(info: string, name: string): string {
  return new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(info)?.[1] ?? '';
}

function kindOf(stats: BigIntStats): FileKind {
  if (stats.isFile()) return 'regular';
  return stats.isBlockDevice() ? 'block-device' : 'other';
}

function takesDirectIo(path: string): boolean | undefined {
  if (!isPosixAvailable()) return undefined;
  try {
    return directIoSupport(path).supported;
  } catch {
    // It may not be opened for reading, which says nothing about direct I/O.
    return undefined;
  }
}

function isDuplicate(a: ProcessDescriptor, b: ProcessDescriptor): boolean {
  if (a.pid === b.pid && a.fd === b.fd) return true;
  if (!isPosixAvailable()) return false;
  try {
    return sharesOpenFile(a, b);
  } catch {
    // Kernels without kcmp, and sandboxes that forbid it: not known, and the flags alone decide.
    return false;
  }
}
