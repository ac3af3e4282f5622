import { setTimeout as sleep } from 'node:timers/promises';
import type { CaptureMachine } from '@mapped-ram/fixtures';
import { hasErrorCode } from '@mapped-ram/format';
import {
  findGuestDifference,
  findQemu,
  launchDestination,
  type QemuTarget,
  type QemuVersion,
  type QemuVm,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';

const LOOK_MS = 50;
/** For some minutes. */
const LOOKS = 5000;

/** A file for QEMU to restore. */
export interface Restorable {
  readonly path: string;
  readonly streamOffset?: number | undefined;
  /** Capabilities beside mapped-ram. */
  readonly capabilities?: readonly string[];
  /** False for a classic stream. */
  readonly mappedRam?: boolean;
}

/** What keeps a test from asking this QEMU, in words; undefined where it is there. */
export function missingQemu(version: QemuVersion, target: string): string | undefined {
  const program = findQemu(version, target as QemuTarget);
  return program.kind === 'missing' ? program.reason : undefined;
}

/** Restores a file into a paused QEMU; the caller ends it. @throws Error where QEMU does not restore it */
export async function restore(
  version: QemuVersion,
  machine: CaptureMachine,
  file: Restorable,
): Promise<QemuVm> {
  const vm = await launchDestination(machine, { version });
  const { path, streamOffset = 0, capabilities = [], mappedRam = true } = file;
  const uri = `file:${path}${streamOffset === 0 ? '' : `,offset=${streamOffset}`}`;
  const outcome = await restoreMappedRam(vm, { uri, capabilities, mappedRam });
  if (outcome.kind === 'completed') return vm;
  await vm.kill();
  throw new Error(`QEMU ${version} does not restore ${path}: ${JSON.stringify(outcome)}`);
}

/**
 * Restores two files and compares all guest memory, then lets the guests run on.
 *
 * @returns What differs, in words; undefined where nothing does.
 */
export async function findRestoreDifference(
  version: QemuVersion,
  machine: CaptureMachine,
  original: Restorable,
  written: Restorable,
): Promise<string | undefined> {
  const before = await restore(version, machine, original);
  try {
    const after = await restore(version, machine, written);
    try {
      return (await findGuestDifference(before, after)) ?? (await findFateDifference(before, after));
    } finally {
      await after.kill();
    }
  } finally {
    await before.kill();
  }
}

/** Whether two guests that are let go fare alike: some run nonsense, over which QEMU itself may end. */
async function findFateDifference(before: QemuVm, after: QemuVm): Promise<string | undefined> {
  await Promise.all([letRun(before), letRun(after)]);
  for (let look = 0; ; look++) {
    await sleep(LOOK_MS);
    const [fate, otherFate] = await Promise.all([fateOf(before), fateOf(after)]);
    // One may come to its end sooner than the other.
    if (fate === otherFate) return undefined;
    if (look === LOOKS) return `one guest is ${fate}, the other ${otherFate}`;
  }
}

async function letRun(vm: QemuVm): Promise<void> {
  await vm.qmp.execute('cont').catch(unlessGone);
}

async function fateOf(vm: QemuVm): Promise<string> {
  const answer = await vm.qmp.execute<{ status: string }>('query-status').catch(unlessGone);
  return answer?.status ?? 'gone';
}

function unlessGone(error: unknown): undefined {
  if (!hasErrorCode(error, 'qmp-closed')) throw error;
}
