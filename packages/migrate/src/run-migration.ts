import { setTimeout as sleep } from 'node:timers/promises';
import { QmpError } from '@mapped-ram/qmp';
import type { Ending } from './end-save.js';
import { MigrateError } from './migrate-error.js';
import { isOver, type MigrationInfo, queryMigration } from './migration-info.js';
import type { QmpExecutor } from './migration-settings.js';
import { withUndo } from './with-undo.js';

/** A migration that is to be begun. */
export interface MigrationRun {
  readonly command: 'migrate' | 'migrate-incoming';
  readonly args: Readonly<Record<string, unknown>>;
  /** Ends it early, where that can be done. */
  readonly signal?: AbortSignal | undefined;
  /** Has QEMU end it. Missing where nothing but the end of QEMU does. */
  readonly end?: (() => Promise<Ending>) | undefined;
  /** Called when QEMU has opened all of its channels. */
  readonly onOpened: () => Promise<void>;
  /** Called each time QEMU was asked how far it is. */
  readonly onInfo?: (info: MigrationInfo) => void;
}

const FIRST_POLL_MS = 5;
const LAST_POLL_MS = 200;
const SLOWER = 1.3;

/**
 * Begins a migration and waits until it is over, by asking: so no event can be missed, and none has to be switched on. The migration may
 * take as long as it wants; the end of the connection ends the waiting.
 *
 * @returns QEMU's last answer: completed
 * @throws MigrateError `migration-failed`; the signal's reason, or what `onInfo` throws, when it was ended and is over; QmpError where
 * QEMU does not begin; as `execute`
 */
export async function runMigration(qmp: QmpExecutor, run: MigrationRun): Promise<MigrationInfo> {
  const { command, args, signal } = run;
  signal?.throwIfAborted();
  let isUnderWay = true;
  return withUndo(
    async () => {
      await qmp.execute(command, args).catch((error: unknown) => {
        isUnderWay = !(error instanceof QmpError);
        throw error;
      });
      return waitForEnd(qmp, run, () => {
        isUnderWay = false;
      });
    },
    async () => {
      // Of a QEMU that answers with nonsense, nobody knows what it does.
      if (isUnderWay) await run.end?.();
    },
  );
}

/** @param onOver called as soon as QEMU says that it is over, whichever way */
async function waitForEnd(
  qmp: QmpExecutor,
  { signal, end, onOpened, onInfo = () => {} }: MigrationRun,
  onOver: () => void,
): Promise<MigrationInfo> {
  const stopper = new AbortController();
  const stop = AbortSignal.any([stopper.signal, ...(signal ? [signal] : [])]);
  let isOpened = false;
  let ending: Ending | undefined;
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(pauseMs * SLOWER, LAST_POLL_MS)) {
    if (stop.aborted && ending === undefined) ending = await end?.();
    const info = await askOnce(qmp, ending, end && signal);
    if (info === undefined) continue;
    if (!isOpened && info.status === 'active') {
      isOpened = true;
      await onOpened();
    }
    try {
      onInfo(info);
    } catch (error) {
      stopper.abort(error);
    }
    if (isOver(info)) {
      onOver();
      stop.throwIfAborted();
      if (info.status === 'completed') return info;
      throw new MigrateError('migration-failed', failureText(info));
    }
    await pause(pauseMs, stop);
  }
}

/**
 * A QEMU that migrates may take as long as it wants to answer, at the end of a save above all: then nothing but the signal ends the waiting.
 * One that was told to cancel has to answer.
 *
 * @returns undefined when the signal came
 */
async function askOnce(
  qmp: QmpExecutor,
  ending: Ending | undefined,
  signal: AbortSignal | undefined,
): Promise<MigrationInfo | undefined> {
  if (ending === 'cancelled') return queryMigration(qmp);
  const timeoutMs = Number.POSITIVE_INFINITY;
  if (ending === 'finishing') return queryMigration(qmp, { timeoutMs });
  try {
    return await queryMigration(qmp, { timeoutMs, signal });
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

/** Ends early when the signal comes, and not for one that came before. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) await sleep(ms);
  else await sleep(ms, undefined, { signal }).catch(() => {});
}

function failureText({ status, 'error-desc': words }: MigrationInfo): string {
  if (status === 'cancelled') return 'the migration was cancelled in QEMU';
  return words ?? 'QEMU gives no reason; what it wrote to its standard error may';
}
