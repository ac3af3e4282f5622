import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '@mapped-ram/lint';
import { openFileSource } from '@mapped-ram/reader/file';
import {
  launchDestination,
  launchQemu,
  type QemuVersion,
  restoreMappedRam,
  saveMappedRam,
} from '@mapped-ram/tool-qemu';
import { describeDestination } from '../describe-destination.js';
import { type FitReport, fitSnapshot } from '../fit-snapshot.js';
import { argumentsOf, type Family, type MachineOptions, type Variation } from './destinations.js';

/** A file of a family's machine, in a folder of its own. */
export interface SavedFamily {
  readonly path: string;
  remove(): Promise<void>;
}

/** Saves the machine of a family, which never ran. */
export async function saveFamily({ machine }: Family, version: QemuVersion): Promise<SavedFamily> {
  const folder = await mkdtemp(join(tmpdir(), 'mapped-ram-fit-'));
  const path = join(folder, 'saved.mr');
  const vm = await launchQemu({ version, target: machine.target, args: [...argumentsOf(machine), '-S'] });
  try {
    const outcome = await saveMappedRam(vm, { uri: `file:${path}` });
    if (outcome.kind !== 'completed') throw new Error(`the save: ${JSON.stringify(outcome)}`);
  } finally {
    await vm.kill();
  }
  return { path, remove: () => rm(folder, { recursive: true }) };
}

/** What was said of a destination, and what it did. */
export interface Judged {
  readonly fit: FitReport;
  readonly seen: Outcome;
  /** QEMU's words. */
  readonly text: string;
}

/** Asks a destination, and has it restore the file. @throws QemuStartError where this QEMU has no such machine */
export async function judge(
  { path }: SavedFamily,
  machine: MachineOptions,
  { change }: Variation,
  version: QemuVersion,
): Promise<Judged> {
  const destination = { target: machine.target, args: argumentsOf(change(machine)), files: [] };
  const vm = await launchDestination(destination, { version });
  try {
    const source = await openFileSource(path);
    const fit = await fitSnapshot(source, await describeDestination(vm.qmp));
    await source.close();
    const outcome = await restoreMappedRam(vm, { uri: `file:${path}` });
    if (outcome.kind === 'completed') return { fit, seen: 'restores', text: '' };
    const text = 'text' in outcome ? outcome.text : '';
    return { fit, seen: outcome.kind === 'failed' ? 'refused' : 'crashes', text };
  } finally {
    await vm.kill();
  }
}
