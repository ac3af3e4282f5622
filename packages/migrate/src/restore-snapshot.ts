import type { OpenFdset } from '@mapped-ram/fdset';
import type { MachineRecord } from '@mapped-ram/fit';
import {
  booleanOption,
  checkOptions,
  IGNORE_SHARED_CAPABILITY,
  objectOption,
  signalOption,
} from '@mapped-ram/format';
import type { FileReport } from '@mapped-ram/lint';
import type { QmpClient } from '@mapped-ram/qmp';
import { fitFile } from './fit-file.js';
import { queryGuest, resumeGuest } from './guest-state.js';
import { withFdset } from './hand-over.js';
import { lintFile } from './lint-file.js';
import { changeSettings, type QmpExecutor } from './migration-settings.js';
import type { PreflightFinding } from './preflight/finding.js';
import { acceptTransfer, prepareTransfer } from './preflight/prepare-transfer.js';
import { gatherQemuFacts, type QemuFacts } from './preflight/qemu-facts.js';
import { orQemuGone } from './qemu-gone.js';
import { runMigration } from './run-migration.js';
import {
  type PatienceOptions,
  type Transfer,
  type TransferOptions,
  transferChecks,
  transferOf,
} from './transfer-options.js';
import { transferSettings } from './transfer-settings.js';
import { withPatience } from './with-patience.js';
import { withUndo } from './with-undo.js';

/** How to restore. Without an offset, the stream of a libvirt save image is found by its header. */
export interface RestoreOptions extends TransferOptions, PatienceOptions {
  /** Let the guest run when it is restored. Otherwise it does what QEMU was started to: with -S, or saved while it was paused, it stays paused. */
  readonly keepRunning?: boolean | undefined;
  /** What QEMU told of its machine when the file was saved (`recordMachine` of the package `fit`): where the guest had its memory is compared then. */
  readonly record?: MachineRecord | undefined;
  /** QEMU cannot be kept from the end of a restore that has begun, so it is waited for. */
  readonly signal?: AbortSignal | undefined;
}

/** What was restored. */
export interface RestoredSnapshot {
  readonly path: string;
  /** Where the stream started, in bytes. */
  readonly byteOffset: number;
  /** What the lint said of the file. */
  readonly report: FileReport;
  /** What the preflight found that was no error. */
  readonly findings: readonly PreflightFinding[];
  readonly isRunning: boolean;
  /** How long QEMU took, in milliseconds. */
  readonly totalMs: number;
}

/**
 * Restores a file into a QEMU that was started with `-incoming defer` and otherwise like the one that was saved. The file, the machine and
 * the settings are looked at before QEMU is asked, which takes one attempt only. What the file wants of QEMU's capabilities
 * is set, and all settings are put back as they were.
 *
 * @throws MigrateError; QmpError; MappedRamError `read-failed`, as `execute`; RangeError; the signal's reason, when the restore is over
 */
export async function restoreSnapshot(
  qmp: QmpClient,
  path: string,
  options: RestoreOptions = {},
): Promise<RestoredSnapshot> {
  checkOptions<RestoreOptions>(options, {
    ...transferChecks,
    keepRunning: booleanOption,
    record: objectOption,
    signal: signalOption,
  });
  transferOf(options);
  options.signal?.throwIfAborted();
  try {
    return await restore(qmp, path, options);
  } catch (error) {
    throw orQemuGone(error, 'restore');
  }
}

async function restore(qmp: QmpClient, path: string, options: RestoreOptions): Promise<RestoredSnapshot> {
  const { keepRunning = false, answerTimeoutMs, record, signal } = options;
  const facts = await gatherQemuFacts(qmp);
  const report = await lintFile(path, facts.version, options, signal);
  const byteOffset = options.byteOffset ?? report.snapshot?.streamOffset ?? 0;
  const transfer = transferOf({ ...options, byteOffset });
  const isWaiting = facts.guest.status === 'inmigrate';
  const fit = isWaiting ? await fitFile(qmp, path, { streamOffset: byteOffset, record, signal }) : undefined;
  const prepared = await prepareTransfer({ role: 'load', transfer, facts, report, fit, path });
  const set = acceptTransfer(prepared);
  try {
    const begunAt = performance.now();
    const patient = withPatience(qmp, answerTimeoutMs);
    await load(patient, { facts, transfer, set, report, signal });
    const totalMs = performance.now() - begunAt;
    if (keepRunning) await resumeGuest(patient);
    const { running: isRunning } = await queryGuest(patient);
    return { path, byteOffset, report, findings: prepared.findings, isRunning, totalMs };
  } finally {
    set.close();
  }
}

interface Load {
  readonly facts: QemuFacts;
  readonly transfer: Transfer;
  readonly set: OpenFdset;
  readonly report: FileReport;
  readonly signal: AbortSignal | undefined;
}

async function load(qmp: QmpExecutor, { facts, transfer, set, report, signal }: Load): Promise<void> {
  const settings = transferSettings(transfer, facts.settings);
  const ignoresShared = report.snapshot?.capabilities.includes(IGNORE_SHARED_CAPABILITY) ?? false;
  const capabilities = { ...settings.capabilities, [IGNORE_SHARED_CAPABILITY]: ignoresShared };
  const putBack = await changeSettings(qmp, { ...settings, capabilities });
  await withUndo(async () => {
    await withFdset(qmp, set, transfer.byteOffset, ({ uri, forget }) =>
      runMigration(qmp, {
        command: 'migrate-incoming',
        args: { uri, ...keepQemu(facts.version) },
        signal,
        // QEMU may answer nothing until all of the memory is loaded.
        onOpened: () => forget({ timeoutMs: Number.POSITIVE_INFINITY }),
      }),
    );
  }, putBack);
}

/** An error otherwise ends QEMU, with the reason on its standard error alone. QEMU 9.0 has no choice. */
function keepQemu(version: string): Readonly<Record<string, unknown>> {
  return version === '9.0' ? {} : { 'exit-on-error': false };
}
