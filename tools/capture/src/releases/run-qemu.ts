import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findQemu, type QemuTarget, type QemuVersion } from '@mapped-ram/tool-qemu';

/** One emulator of one release. */
export interface Emulator {
  readonly version: QemuVersion;
  readonly target: QemuTarget;
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Runs a QEMU that prints something and ends.
 *
 * @throws Error when it is not installed or fails
 */
export async function printedByQemu({ version, target }: Emulator, args: readonly string[]): Promise<string> {
  const program = findQemu(version, target);
  if (program.kind === 'missing') throw new Error(program.reason);
  const { stdout } = await promisify(execFile)(program.file, [...program.args, ...args], {
    env: { ...process.env, ...program.env },
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return stdout;
}

/** What `-dump-vmstate` writes: every device with a state, by its type's name. */
export async function dumpVmstate(emulator: Emulator): Promise<Readonly<Record<string, DumpedDevice>>> {
  const folder = await mkdtemp(join(tmpdir(), 'mapped-ram-vmstate-'));
  try {
    const path = join(folder, 'vmstate.json');
    await printedByQemu(emulator, ['-machine', 'none', '-dump-vmstate', path]);
    return JSON.parse(await readFile(path, 'utf8')) as Readonly<Record<string, DumpedDevice>>;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A device of the dump. One without a description is not saved; `vmschkmachine` is something else. */
export interface DumpedDevice {
  readonly Description?: DumpedState;
}

/** A state, or a structure in one (QEMU 10.0 to 11.1, migration/savevm.c, `dump_vmstate_vmsd`). */
export interface DumpedState {
  readonly name: string;
  readonly version_id: number;
  readonly minimum_version_id: number;
  readonly Fields?: readonly DumpedField[];
  readonly Subsections?: readonly DumpedState[];
}

export interface DumpedField {
  readonly field: string;
  readonly version_id: number;
  /** Whether a function decides if it is there. */
  readonly field_exists: boolean;
  readonly size: number;
  readonly num?: number;
  readonly Description?: DumpedState;
}
