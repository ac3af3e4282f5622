import { dirname } from 'node:path';
import type { DescriptorReference, FdsetRole } from '@mapped-ram/fdset';
import type { FitReport } from '@mapped-ram/fit';
import type { FileReport } from '@mapped-ram/lint';
import type { Transfer } from '../transfer-options.js';
import { checkAlignment } from './check-alignment.js';
import { checkDescriptors } from './check-descriptors.js';
import { checkDevices, checkFile, checkMachine, checkPlaces } from './check-file.js';
import { checkQemu } from './check-qemu.js';
import { checkSpace, largestSnapshotBytes } from './check-space.js';
import { bySeverity, type PreflightFinding } from './finding.js';
import type { QemuFacts } from './qemu-facts.js';

/** All that is known before QEMU is asked to save or restore. */
export interface TransferToCheck {
  readonly role: FdsetRole;
  readonly transfer: Transfer;
  readonly freePageHint?: boolean | undefined;
  /** What QEMU is to be handed; missing where no file could be opened. */
  readonly descriptors?: readonly DescriptorReference[] | undefined;
  /** The file behind them, where it has a path. */
  readonly path?: string | undefined;
  /** Missing where there is no QEMU to ask. */
  readonly facts?: QemuFacts | undefined;
  /** What the lint says of the file that is to be restored. */
  readonly report?: FileReport | undefined;
  /** How the file fits the QEMU. */
  readonly fit?: FitReport | undefined;
}

/** All that would go wrong, errors first. */
export async function checkTransfer(task: TransferToCheck): Promise<PreflightFinding[]> {
  const findings: PreflightFinding[] = [];
  for await (const some of findAll(task)) findings.push(...some);
  return bySeverity(findings);
}

async function* findAll({ role, transfer, freePageHint = false, ...known }: TransferToCheck) {
  const { descriptors, path, facts, report, fit } = known;
  if (descriptors !== undefined) yield checkDescriptors(role, transfer, descriptors);
  if (report !== undefined) yield checkFile(report);
  if (facts === undefined) return;
  yield checkQemu({ role, transfer, freePageHint }, facts);
  if (report !== undefined) yield checkMachine(report, facts, fit);
  if (fit !== undefined) {
    yield checkPlaces(fit);
    yield checkDevices(fit);
  }
  if (path === undefined) return;
  if (transfer.directIo) yield checkAlignment(path, facts.architecture);
  if (role === 'save') {
    const wantedBytes = largestSnapshotBytes(facts.blocks, transfer.byteOffset);
    yield await checkSpace(dirname(path), wantedBytes, transfer.multifd);
  }
}
