import { checkFdset, type DescriptorReference, type FdsetRole, inspectDescriptors } from '@mapped-ram/fdset';
import type { MachineRecord } from '@mapped-ram/fit';
import { MappedRamError } from '@mapped-ram/format';
import type { FileReport } from '@mapped-ram/lint';
import type { QmpClient } from '@mapped-ram/qmp';
import { fitFile } from '../fit-file.js';
import { lintFile } from '../lint-file.js';
import { createSaveTarget } from '../save-target.js';
import { type TransferOptions, transferOf } from '../transfer-options.js';
import { checkTransfer } from './check-transfer.js';
import { fault, outcomeOf, type PreflightFinding, type PreflightOutcome } from './finding.js';
import { prepareTransfer } from './prepare-transfer.js';
import { gatherQemuFacts, type QemuFacts } from './qemu-facts.js';

/** A save or a restore that is planned. */
export interface PreflightRequest extends TransferOptions {
  readonly role: FdsetRole;
  /** The file, or the descriptors that QEMU is to be handed, in their order. */
  readonly file: string | readonly DescriptorReference[];
  /** The QEMU that is to do it; what depends on it is not looked at where it is missing. */
  readonly qmp?: QmpClient | undefined;
  /** Whether a file that is there may be replaced. */
  readonly overwrite?: boolean | undefined;
  /** Whether the guest's balloon is to tell what is free. */
  readonly freePageHint?: boolean | undefined;
  /** What QEMU told of its machine when the file was saved (`recordMachine` of the package `fit`): where the guest had its memory is compared then. */
  readonly record?: MachineRecord | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What would happen. */
export interface PreflightResult {
  readonly outcome: PreflightOutcome;
  /** Errors first, then warnings, then notes. */
  readonly findings: readonly PreflightFinding[];
}

/**
 * Looks for everything that would make a save or a restore fail, or end QEMU and the guest with it, without doing either: descriptors, file
 * system, room, QEMU's settings and state, and whether the file restores and fits the machine. To find out what the disk takes, a file is
 * made beside the one to save to, and removed.
 *
 * @throws MappedRamError `not-inspectable` for descriptors that are not there, as `execute`; QmpError; RangeError; the signal's reason
 */
export async function preflight(request: PreflightRequest): Promise<PreflightResult> {
  const facts = request.qmp === undefined ? undefined : await gatherQemuFacts(request.qmp);
  const findings = await findingsOf(request, facts);
  return { outcome: outcomeOf(findings), findings };
}

async function findingsOf(request: PreflightRequest, facts: QemuFacts | undefined) {
  const { role, file, freePageHint } = request;
  const transfer = transferOf(request);
  const task = { role, transfer, freePageHint, facts };
  if (typeof file !== 'string') return descriptorFindings(file, task, request);
  return role === 'save' ? saveFindings(file, task, request) : loadFindings(file, task, request);
}

type Task = Pick<Parameters<typeof checkTransfer>[0], 'role' | 'transfer' | 'freePageHint' | 'facts'>;

/** As whoever drives QEMU by hand: what is to be loaded starts where the offset says, and nowhere else. */
async function descriptorFindings(
  descriptors: readonly DescriptorReference[],
  task: Task,
  request: PreflightRequest,
) {
  const { role, transfer, facts } = task;
  const { main } = checkFdset(role, transfer, inspectDescriptors(descriptors)).taken;
  const stream = main === undefined ? undefined : descriptors[main];
  if (role === 'save' || stream === undefined) return checkTransfer({ ...task, descriptors });
  const { pid, fd } = typeof stream === 'number' ? { pid: 'self', fd: stream } : stream;
  const options = { ...request, byteOffset: transfer.byteOffset };
  const report = await unlessUnusable<FileReport>(
    lintFile(`/proc/${pid}/fd/${fd}`, facts?.version, options, request.signal),
  );
  if ('code' in report) return [report, ...(await checkTransfer({ ...task, descriptors }))];
  return checkTransfer({ ...task, descriptors, report });
}

/** As a save begins, and no further. */
async function saveFindings(path: string, task: Task, { overwrite }: PreflightRequest) {
  const { byteOffset } = task.transfer;
  const target = await unlessUnusable(createSaveTarget(path, { byteOffset, overwrite }));
  if ('code' in target) return [target, ...(await checkTransfer(task))];
  try {
    const { set, findings } = await prepareTransfer({ ...task, path: target.partPath });
    set?.close();
    return findings;
  } finally {
    await target.abort();
  }
}

async function loadFindings(path: string, task: Task, request: PreflightRequest) {
  const report = await unlessUnusable<FileReport>(
    lintFile(path, task.facts?.version, request, request.signal),
  );
  if ('code' in report) return [report, ...(await checkTransfer(task))];
  const byteOffset = request.byteOffset ?? report.snapshot?.streamOffset ?? 0;
  const transfer = { ...task.transfer, byteOffset };
  const { qmp, record, signal } = request;
  const isWaiting = task.facts?.guest.status === 'inmigrate';
  const fit =
    qmp !== undefined && isWaiting
      ? await fitFile(qmp, path, { streamOffset: byteOffset, record, signal })
      : undefined;
  const { set, findings } = await prepareTransfer({ ...task, transfer, path, report, fit });
  set?.close();
  return findings;
}

async function unlessUnusable<T extends object>(work: Promise<T>): Promise<T | PreflightFinding> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof MappedRamError) return fault('unusable-path', 'refused', error.message);
    throw error;
  }
}
