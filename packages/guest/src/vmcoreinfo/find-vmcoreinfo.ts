import { readDevices } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import type { Snapshot } from '@mapped-ram/reader';
import type { PhysicalMemory } from '../memory/physical-memory.js';
import { readDeviceNote } from './device-note.js';
import { decodeVmcoreinfoNote } from './elf-note.js';
import { type ScanOptions, scanVmcoreinfo } from './scan-vmcoreinfo.js';
import { type Verdict, verifyVmcoreinfo } from './verify-vmcoreinfo.js';
import type { Vmcoreinfo } from './vmcoreinfo.js';

/** Where VMCOREINFO came from: the vmcoreinfo device, a scan of guest memory, or the user. */
export type VmcoreinfoOrigin = 'device' | 'memory' | 'given';

/** VMCOREINFO that is the running kernel's. */
export interface FoundVmcoreinfo {
  readonly info: Vmcoreinfo;
  readonly origin: VmcoreinfoOrigin;
  /** Whether a processor's page tables lead to the same kernel. */
  readonly confirmed: boolean;
}

/** How to find it. */
export interface FindOptions extends ScanOptions {
  /** What the user says it is. Then nothing else is looked for. */
  readonly given?: Vmcoreinfo | undefined;
}

/**
 * Finds VMCOREINFO of the running kernel: with the vmcoreinfo device, else somewhere in guest memory. A text that contradicts the
 * memory or the processors is passed over.
 *
 * @returns undefined where there is none.
 * @throws MappedRamError `unsupported` where the one that was given contradicts the memory, or memory holds several that do not and
 * nothing tells which one counts; as reading device state and pages does.
 */
export async function findVmcoreinfo(
  snapshot: Snapshot,
  physical: PhysicalMemory,
  { given, ...scan }: FindOptions = {},
): Promise<FoundVmcoreinfo | undefined> {
  const processors = await readProcessors(snapshot);
  const verify = (info: Vmcoreinfo) => verifyVmcoreinfo(info, physical, processors);
  if (given !== undefined) return accept(given, 'given', await verify(given));

  const note = await readDeviceNote(snapshot, physical, true);
  const noted = note && decodeVmcoreinfoNote(note);
  if (noted !== undefined) {
    const verdict = await verify(noted);
    if (verdict !== 'contradicted') return accept(noted, 'device', verdict);
  }

  const consistent = new Map<string, Vmcoreinfo>();
  for await (const candidate of scanVmcoreinfo(snapshot, physical.ranges, scan)) {
    const verdict = await verify(candidate);
    if (verdict === 'confirmed') return accept(candidate, 'memory', verdict);
    if (verdict === 'consistent') consistent.set(candidate.text, candidate);
  }
  const [only, ...others] = consistent.values();
  if (only === undefined) return undefined;
  if (others.length > 0) {
    throw new MappedRamError('unsupported', {
      what: 'several VMCOREINFO are in guest memory, and without the state of the processors nothing tells which one is the kernel’s',
    });
  }
  return accept(only, 'memory', 'consistent');
}

function accept(info: Vmcoreinfo, origin: VmcoreinfoOrigin, verdict: Verdict): FoundVmcoreinfo {
  if (verdict === 'contradicted') {
    throw new MappedRamError('unsupported', {
      what: 'the VMCOREINFO that was given is not that of the kernel in this snapshot',
    });
  }
  return { info, origin, confirmed: verdict === 'confirmed' };
}

/** The processors whose state can be read; none where the snapshot does not describe it. */
async function readProcessors(snapshot: Snapshot) {
  try {
    return await readDevices(snapshot, 'cpu');
  } catch (error) {
    if (error instanceof MappedRamError && error.code !== 'read-failed') return [];
    throw error;
  }
}
