import type { OpenFdset } from '@mapped-ram/fdset';
import { endSave } from './end-save.js';
import { resumeGuest, stopGuest } from './guest-state.js';
import { withFdset } from './hand-over.js';
import type { HintCount } from './hint-count.js';
import type { MigrationInfo } from './migration-info.js';
import { changeSettings, type QmpExecutor } from './migration-settings.js';
import type { QemuFacts } from './preflight/qemu-facts.js';
import { toProgress } from './progress.js';
import { runMigration } from './run-migration.js';
import type { SaveOptions } from './save-options.js';
import type { Transfer } from './transfer-options.js';
import { transferSettings } from './transfer-settings.js';
import { withUndo } from './with-undo.js';

/** A guest that is to be saved, and where to. */
export interface GuestToSave {
  readonly facts: QemuFacts;
  readonly transfer: Transfer;
  readonly set: OpenFdset;
  readonly options: SaveOptions;
  /** Where it is wanted. */
  readonly hints: HintCount | undefined;
}

/**
 * Stops the guest where that is wanted, saves it, puts QEMU's settings back and lets the guest run on where that is wanted.
 *
 * @param keep what makes the file last; when it fails, so has the save
 * @throws what the migration or `keep` throws; a guest that ran runs again then
 */
export async function saveGuest<T>(
  qmp: QmpExecutor,
  guest: GuestToSave,
  keep: (info: MigrationInfo) => Promise<T>,
): Promise<T> {
  const { live, freePageHint, keepRunning } = guest.options;
  const wasRunning = guest.facts.guest.running;
  let isSaved = false;
  return withUndo(
    async () => {
      if (wasRunning && !live && !freePageHint) await stopGuest(qmp, guest.options.signal);
      const info = await migrate(qmp, guest);
      // Before the file is looked at: the guest does not have to wait for that.
      if (wasRunning && keepRunning) await resumeGuest(qmp);
      const kept = await keep(info);
      isSaved = true;
      return kept;
    },
    async () => {
      if (wasRunning && !isSaved) await resumeGuest(qmp);
    },
  );
}

async function migrate(
  qmp: QmpExecutor,
  { facts, transfer, set, options, hints }: GuestToSave,
): Promise<MigrationInfo> {
  const { signal, bandwidth = 0, onProgress } = options;
  const settings = transferSettings(transfer, facts.settings);
  const parameters = { ...settings.parameters, 'max-bandwidth': bandwidth };
  const onInfo = (info: MigrationInfo): void => {
    hints?.add(info);
    const progress = toProgress(info);
    if (progress !== undefined) onProgress?.(progress);
  };
  const putBack = await changeSettings(qmp, { ...settings, parameters });
  const run = () =>
    withFdset(qmp, set, transfer.byteOffset, ({ uri, forget }) =>
      runMigration(qmp, {
        ...{ command: 'migrate', args: { uri }, signal },
        end: () => endSave(qmp, transfer.multifd),
        onOpened: () => forget(),
        onInfo,
      }),
    );
  return withUndo(run, putBack);
}
