import { join } from 'node:path';
import { type CaptureMachine, type RestoreResult, SparseImage } from '@mapped-ram/fixtures';
import {
  type DestinationMachine,
  launchDestination,
  type MigrationOutcome,
  QEMU_VERSIONS,
  QemuStartError,
  type QemuVersion,
  type QemuVm,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';

/** Where the stream is, and what has to be on. */
export interface RestoreSettings {
  readonly streamOffset: number;
  readonly capabilities: readonly string[];
  /** Leave mapped-ram off: the stream is a classic one. */
  readonly isClassic?: boolean;
  /** Puts files that the restore starts from into QEMU's folder. */
  readonly prepare?: (folder: string) => Promise<void>;
}

/** Restores a file into every QEMU line that has the machine. */
export async function restoreEverywhere(
  machine: CaptureMachine,
  path: string,
  settings: RestoreSettings,
): Promise<Record<string, RestoreResult>> {
  const results: Record<string, RestoreResult> = {};
  for (const version of QEMU_VERSIONS) {
    const result = await tryRestore(version, machine, path, settings);
    if (result !== undefined) results[version] = result;
  }
  return results;
}

/**
 * Restores a file into a stopped QEMU and holds its memory against what was saved.
 * @returns undefined when this QEMU does not have the machine
 */
export async function tryRestore(
  version: QemuVersion,
  machine: CaptureMachine,
  path: string,
  { streamOffset, capabilities, isClassic = false, prepare }: RestoreSettings,
): Promise<RestoreResult | undefined> {
  let vm: QemuVm;
  try {
    vm = await launchDestination(withoutMemory(machine), {
      version,
      ...(prepare !== undefined && { prepare }),
    });
  } catch (error) {
    if (error instanceof QemuStartError) return undefined;
    throw error;
  }
  try {
    const offset = streamOffset === 0 ? '' : `,offset=${streamOffset}`;
    const outcome = await restoreMappedRam(vm, {
      uri: `file:${path}${offset}`,
      capabilities,
      mappedRam: !isClassic,
    });
    return outcome.kind === 'completed' ? await compareMemory(machine, vm.folder) : describe(outcome);
  } finally {
    await vm.kill();
  }
}

/** What is guest memory is QEMU's to make. */
function withoutMemory({ target, args, files }: CaptureMachine): DestinationMachine {
  return { target, args, files };
}

async function compareMemory({ memory }: CaptureMachine, folder: string): Promise<RestoreResult> {
  for (const { name, sha256 } of memory) {
    const restored = await SparseImage.fromFile(join(folder, name));
    if (restored.sha256() !== sha256) return { verdict: 'wrong-memory', text: `${name} differs` };
  }
  return { verdict: 'restores' };
}

function describe(outcome: Exclude<MigrationOutcome, { kind: 'completed' }>): RestoreResult {
  switch (outcome.kind) {
    case 'failed':
      return { verdict: 'refused', text: onOneLine(outcome.text) };
    case 'died':
      return { verdict: 'crashes', text: outcome.signal ?? `exit status ${outcome.code}` };
    case 'hung':
      return { verdict: 'hangs' };
  }
}

/** QEMU quotes bytes of the file as they are. */
function onOneLine(text: string): string {
  return text.replaceAll('\n', '; ').replaceAll(/[^ -~]+/g, '?');
}
