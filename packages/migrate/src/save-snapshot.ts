import { booleanOption, checkOptions, functionOption, integerOption, signalOption } from '@mapped-ram/format';
import { type FileReport, lintSource, releaseRules } from '@mapped-ram/lint';
import type { QmpClient } from '@mapped-ram/qmp';
import type { FileTarget } from '@mapped-ram/writer/file';
import { orDiskFull } from './disk-full.js';
import { HintCount } from './hint-count.js';
import { lintVersion } from './lint-file.js';
import { MigrateError } from './migrate-error.js';
import { acceptTransfer, prepareTransfer } from './preflight/prepare-transfer.js';
import { gatherQemuFacts, type QemuFacts } from './preflight/qemu-facts.js';
import { orQemuGone } from './qemu-gone.js';
import { saveGuest } from './save-guest.js';
import type { SavedSnapshot, SaveOptions } from './save-options.js';
import { copyHead, createSaveTarget } from './save-target.js';
import { type Transfer, transferChecks, transferOf } from './transfer-options.js';
import { withPatience } from './with-patience.js';

/**
 * Saves the guest of a running QEMU into a file. Everything that would make it fail, or end QEMU, is looked for before QEMU is asked.
 * QEMU writes through descriptors that it is handed, to a name beside the file's own; the file gets its name when the lint finds
 * nothing wrong with it and all of it is on disk. The settings of QEMU's migrations are put back as they were.
 *
 * When it throws, the guest does what it did before, as long as QEMU is there, and no file is left but one that was there.
 *
 * @throws MigrateError; QmpError; MappedRamError `target-exists`, `write-failed`, `read-failed`, as `execute`; RangeError; the
 * signal's reason, when QEMU has cancelled, or finished (see {@link SaveOptions.signal})
 */
export async function saveSnapshot(
  qmp: QmpClient,
  path: string,
  options: SaveOptions = {},
): Promise<SavedSnapshot> {
  checkOptions<SaveOptions>(options, {
    ...transferChecks,
    overwrite: booleanOption,
    live: booleanOption,
    freePageHint: booleanOption,
    bandwidth: integerOption(),
    keepRunning: booleanOption,
    signal: signalOption,
    onProgress: functionOption,
  });
  const transfer = transferOf(options);
  options.signal?.throwIfAborted();
  const target = await createSaveTarget(path, { ...transfer, overwrite: options.overwrite });
  try {
    return await saveTo(qmp, { path, target, transfer, options });
  } catch (reason) {
    const error = await orDiskFull(reason, target.partPath);
    await target.abort();
    throw orQemuGone(error, 'save');
  }
}

interface Save {
  readonly path: string;
  readonly target: FileTarget;
  readonly transfer: Transfer;
  readonly options: SaveOptions;
}

async function saveTo(qmp: QmpClient, { path, target, transfer, options }: Save): Promise<SavedSnapshot> {
  const { freePageHint, keepRunning = false, answerTimeoutMs, signal } = options;
  const facts = await gatherQemuFacts(qmp);
  const task = { role: 'save', transfer, freePageHint, facts, path: target.partPath } as const;
  const prepared = await prepareTransfer(task);
  const set = acceptTransfer(prepared);
  try {
    await copyHead(path, target, transfer.byteOffset);
    const wasRunning = facts.guest.running;
    const hints = freePageHint ? new HintCount(transfer) : undefined;
    return await saveGuest(
      withPatience(qmp, answerTimeoutMs),
      { facts, transfer, set, options, hints },
      async (info) => {
        const { report, sizeBytes } = await lintWritten(target, facts, transfer, signal);
        await target.commit();
        return {
          ...{ path, sizeBytes, report, findings: prepared.findings },
          ...{ wasRunning, isRunning: wasRunning && keepRunning },
          rounds: info.ram?.['dirty-sync-count'] ?? 0,
          totalMs: info['total-time'] ?? 0,
          downtimeMs: info.downtime ?? 0,
          ...(hints && { hintedBytes: hints.bytes }),
        };
      },
    );
  } finally {
    set.close();
  }
}

/** @throws MigrateError `not-restorable` */
async function lintWritten(
  target: FileTarget,
  { version }: QemuFacts,
  { multifd, byteOffset }: Transfer,
  signal: AbortSignal | undefined,
): Promise<{ report: FileReport; sizeBytes: number }> {
  const source = await target.written();
  const report = await lintSource(source, {
    ...{ qemu: lintVersion(version), multifd, streamOffset: byteOffset, rules: releaseRules },
    ...(signal && { signal }),
  });
  if (report.verdict !== 'restores') {
    const reasons = report.findings.filter(({ severity }) => severity === 'error');
    const words = reasons.map(({ rule, message }) => `${rule}: ${message}`).join('; ');
    throw new MigrateError(
      'not-restorable',
      `QEMU said completed, and the file would not restore (${words})`,
      {
        report,
      },
    );
  }
  return { report, sizeBytes: source.sizeBytes };
}
