import type { ByteSource, StreamModel } from '@mapped-ram/reader';
import { ramSections } from './completion.js';
import { readRunState } from './run-state.js';

/**
 * What the guest did while it was saved:
 *
 * - `standstill`: it did not run, so that no page was stored and became zero afterwards;
 * - `stopped`: it did not run when the save ended; whether it did when the save began is not in the file;
 * - `live`: it ran, and pages that became zero leave their old bytes behind;
 * - `unknown`: nothing in the file says.
 */
export type GuestDuringSave = 'standstill' | 'stopped' | 'live' | 'unknown';

/** How a snapshot was saved, and how one knows. */
export interface SaveManner {
  readonly guest: GuestDuringSave;
  /** In words, for the end of a sentence: `the guest was paused, and its memory was saved in one go`. */
  readonly because: string;
  /** What the machine was doing when the save ended, in QEMU's words; absent where the stream does not say. */
  readonly runState?: string;
  /**
   * PARTs of the ram section. QEMU writes one for what it sends in 50 ms, or until the bandwidth of a tenth of a second is used up
   * (migration/ram.c, `ram_save_iterate`), and one more for every look at what the guest wrote meanwhile: so one PART means that
   * all memory went through at once, and many mean much memory or a running guest.
   */
  readonly ramParts: number;
}

/** Run states in which a virtual processor may run, or ran until the last round (QEMU: include/system/runstate.h, `runstate_is_live`). */
const LIVE_STATES: ReadonlySet<string> = new Set(['running', 'suspended', 'colo']);

/** Run states from which a machine does not come without having started: it was paused before the save began. */
const NEVER_STARTED: ReadonlySet<string> = new Set(['prelaunch', 'inmigrate', 'postmigrate']);

/**
 * Tells how a snapshot was saved.
 *
 * @throws MappedRamError `read-failed`.
 */
export async function findSaveManner(model: StreamModel, source: ByteSource): Promise<SaveManner> {
  const runState = await readRunState(model, source);
  const ramParts = ramSections(model).filter(({ kind }) => kind === 'part').length;
  const facts = { ...(runState !== undefined && { runState }), ramParts };
  if (runState === undefined) {
    return {
      guest: 'unknown',
      because: 'the file does not say whether the guest ran during the save',
      ...facts,
    };
  }
  if (LIVE_STATES.has(runState)) {
    return { guest: 'live', because: `the guest was ${runState} during the save`, ...facts };
  }
  if (NEVER_STARTED.has(runState)) {
    return { guest: 'standstill', because: `the guest did not run: its state was ${runState}`, ...facts };
  }
  if (model.libvirt !== undefined) {
    const because = `libvirt stops a guest before it saves it, and its state was ${runState}`;
    return { guest: 'standstill', because, ...facts };
  }
  if (ramParts <= 1) {
    const because = `the guest was ${runState}, and its memory was saved in one go`;
    return { guest: 'standstill', because, ...facts };
  }
  const because = `the guest was ${runState} when the save ended, and the file does not say whether it was when the save began`;
  return { guest: 'stopped', because, ...facts };
}
