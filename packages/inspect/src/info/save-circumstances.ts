import { findSaveManner, type GuestDuringSave, isSaveComplete } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource, Snapshot, StateNode } from '@mapped-ram/reader';
import { sectionsNamed } from '../devices/device-sections.js';
import { findState } from '../devices/state-fields.js';
import { type GuestClock, guestClock } from './guest-clock.js';

/** What a file tells about when and how it was saved. It is little: every member can be null. */
export interface SaveCircumstances {
  /**
   * What the machine was doing when the save began, in QEMU's words: `running`, `paused`, `prelaunch`, `shutdown`. A
   * machine that was running goes on by itself once it is restored.
   */
  readonly runState: string | null;
  /** Whether the guest was running for its user; libvirt stops it before it saves, and writes down what was before. */
  readonly wasRunning: boolean | null;
  /** What the guest did while it was saved, as far as the file tells: see `findSaveManner` of `@mapped-ram/facts`. */
  readonly guest: GuestDuringSave;
  /** How that is known, in words. */
  readonly guestBecause: string;
  /**
   * PARTs of the ram section. They are no rounds over memory, as QEMU's `dirty-sync-count` counts them: a round over much memory
   * takes many.
   */
  readonly ramParts: number;
  /** Whether the stream goes on to its end marker and guest memory to its END. */
  readonly complete: boolean;
  /** Nanoseconds that the machine ran until then, over all its saves and restores. */
  readonly machineTimeNs: string | null;
  /** What the guest's clock showed. */
  readonly guestClock: GuestClock | null;
}

/** What the stream does not hold, in words: nobody can tell it from the file. */
export const notInTheFile: readonly string[] = [
  'the version of QEMU, beyond what the name of the machine says',
  'the host and the time of the save, beyond what the clocks of the guest show',
  'multifd, its channels, direct-io and zero-page-detection: the bytes are the same',
];

/**
 * Gathers what a snapshot tells about its save.
 *
 * @throws MappedRamError `read-failed`.
 */
export async function saveCircumstances(snapshot: Snapshot, source: ByteSource): Promise<SaveCircumstances> {
  const { libvirt } = snapshot;
  const { runState, guest, because, ramParts } = await findSaveManner(snapshot, source);
  const timer = await stateOf(snapshot, 'timer');
  const machineTime = timer && findState(timer, 'cpu_clock_offset')?.value;
  const machineTimeNs = typeof machineTime === 'bigint' ? machineTime : undefined;
  return {
    runState: runState ?? null,
    wasRunning:
      libvirt !== undefined
        ? libvirt.wasRunning !== 0
        : runState === undefined
          ? null
          : runState === 'running',
    guest,
    guestBecause: because,
    ramParts,
    complete: isSaveComplete(snapshot),
    machineTimeNs: machineTimeNs === undefined ? null : String(machineTimeNs),
    guestClock:
      guestClock(await stateOf(snapshot, 'mc146818rtc'), await stateOf(snapshot, 'pl031'), machineTimeNs) ??
      null,
  };
}

/** The state of the first device of a name; undefined where it is missing or cannot be decoded. */
async function stateOf(snapshot: Snapshot, name: string): Promise<StateNode | undefined> {
  const [section] = sectionsNamed(snapshot, name);
  try {
    return section && (await snapshot.decodeDeviceState(section));
  } catch (error) {
    if (error instanceof MappedRamError && error.code !== 'read-failed') return undefined;
    throw error;
  }
}
