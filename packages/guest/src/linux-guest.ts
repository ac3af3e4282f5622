import { derivePhysicalMap, type PhysicalMap } from '@mapped-ram/facts';
import {
  checkOptions,
  functionOption,
  groupOption,
  integerOption,
  listOption,
  MappedRamError,
  type OptionChecks,
  objectOption,
} from '@mapped-ram/format';
import type { Snapshot } from '@mapped-ram/reader';
import {
  type GuestArchitecture,
  guestArchitecture,
  kernelMemory,
  pagingLevels,
} from './memory/kernel-memory.js';
import { PhysicalMemory } from './memory/physical-memory.js';
import type { VirtualMemory } from './memory/virtual-memory.js';
import { describeOtherGuest } from './recognise/describe-other-guest.js';
import { type FindOptions, findVmcoreinfo, type VmcoreinfoOrigin } from './vmcoreinfo/find-vmcoreinfo.js';
import type { Vmcoreinfo } from './vmcoreinfo/vmcoreinfo.js';

/** How to find a guest's kernel. */
export interface GuestOptions extends FindOptions {
  /** The guest-physical map; derived from the machine if not given. */
  readonly map?: PhysicalMap | undefined;
}

/** What may be wrong with how a guest is found. */
export const guestChecks: OptionChecks<GuestOptions> = {
  map: groupOption({ ranges: listOption(objectOption) }, ['ranges']),
  given: groupOption({ has: functionOption, symbol: functionOption }, ['has', 'symbol']),
  scanBytes: integerOption(),
  onScanned: functionOption,
};

/** A Linux guest whose kernel was found in a snapshot. */
export interface LinuxGuest {
  readonly snapshot: Snapshot;
  readonly map: PhysicalMap;
  readonly physical: PhysicalMemory;
  /** Memory by the kernel's addresses. */
  readonly memory: VirtualMemory;
  readonly info: Vmcoreinfo;
  readonly origin: VmcoreinfoOrigin;
  readonly architecture: GuestArchitecture;
  /** As `uname -r` tells it: `6.12.48+deb13-cloud-amd64`. */
  readonly release: string;
  /** Levels of the kernel's page tables. */
  readonly pagingLevels: number;
}

/**
 * Finds the kernel of a Linux guest by what the snapshot holds alone.
 *
 * @throws MappedRamError `unsupported` where there is none that is understood, with what is missing; where the machine's map is not known;
 * what reading pages and device state throws.
 */
export async function openLinuxGuest(snapshot: Snapshot, options: GuestOptions = {}): Promise<LinuxGuest> {
  checkOptions<GuestOptions>(options, guestChecks);
  const map = options.map ?? (await derivePhysicalMap(snapshot));
  const guest = await findLinuxGuest(snapshot, { ...options, map });
  if (guest !== undefined) return guest;
  throw new MappedRamError('unsupported', { what: await describeOtherGuest(snapshot, map) });
}

/**
 * As {@link openLinuxGuest}, but without an error where the guest has no VMCOREINFO.
 *
 * @throws MappedRamError where it has one and it is not understood; where the machine's map is not known; what reading throws.
 */
export async function findLinuxGuest(
  snapshot: Snapshot,
  options: GuestOptions = {},
): Promise<LinuxGuest | undefined> {
  checkOptions<GuestOptions>(options, guestChecks);
  const { map: given, ...find } = options;
  const map = given ?? (await derivePhysicalMap(snapshot));
  const physical = new PhysicalMemory(snapshot, map.ranges);
  const found = await findVmcoreinfo(snapshot, physical, find);
  if (found === undefined) return undefined;
  const { info, origin } = found;
  const memory = kernelMemory(info, physical);
  return {
    ...{ snapshot, map, physical, memory, info, origin },
    architecture: guestArchitecture(info),
    release: info.release,
    pagingLevels: pagingLevels(memory),
  };
}
