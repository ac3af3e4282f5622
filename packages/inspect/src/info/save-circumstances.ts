import { MappedRamError } from '@mapped-ram/format';
import type { Snapshot, StateNode } from '@mapped-ram/reader';
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
  /** PARTs of the ram section: rounds in which memory was saved. A running guest makes for many. */
  readonly ramRounds: number;
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
export async function saveCircumstances(snapshot: Snapshot): Promise<SaveCircumstances> {
  const { sections, endMarkerOffset, libvirt } = snapshot;
  const globalState = await stateOf(snapshot, 'globalstate');
  const timer = await stateOf(snapshot, 'timer');
  const runState = globalState && textIn(globalState, 'runstate');
  const machineTime = timer && findState(timer, 'cpu_clock_offset')?.value;
  const machineTimeNs = typeof machineTime === 'bigint' ? machineTime : undefined;
  const ramSections = sections.filter((section) => section.kind !== 'command' && section.ram !== undefined);
  return {
    runState: runState ?? null,
    wasRunning:
      libvirt !== undefined
        ? libvirt.wasRunning !== 0
        : runState === undefined
          ? null
          : runState === 'running',
    ramRounds: ramSections.filter(({ kind }) => kind === 'part').length,
    complete: endMarkerOffset !== undefined && ramSections.some(({ kind }) => kind === 'end'),
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

/** A text in a field of fixed length, up to its NUL. */
function textIn(state: StateNode, path: string): string | undefined {
  const value = findState(state, path)?.value;
  if (!(value instanceof Uint8Array)) return undefined;
  const end = value.indexOf(0);
  return new TextDecoder().decode(end < 0 ? value : value.subarray(0, end));
}
