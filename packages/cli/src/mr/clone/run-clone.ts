import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CloneOptions, startClone } from '@mapped-ram/clone';
import { MappedRamError } from '@mapped-ram/format';
import type { CommandContext } from '../../shared/command.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { toFileFault } from '../../shared/file-fault.js';
import { printable } from '../../shared/printable.js';
import { failureStatus } from '../run-transform.js';
import { prepare, warn } from './prepare.js';

/** A VM that is to be started from a snapshot. */
export interface RunRequest {
  readonly input: string;
  /** Which internal snapshot of a disk image is meant. */
  readonly snapshot?: string | undefined;
  /** The clone's folder; one that is gone afterwards if not given. */
  readonly output: string | undefined;
  readonly options: CloneOptions;
  /** Holds what is asked of the file against it, or against what was packed in it. */
  readonly check: (plainPath: string) => Promise<void>;
  /** QEMU and its arguments. */
  readonly command: readonly [program: string, ...args: string[]];
  /** How long QEMU may take to speak, and for each answer. */
  readonly timeoutMs: number | undefined;
}

/** Prepares a clone, starts a VM from it and waits for its end. Standard streams are the VM's. */
export async function runClone(request: RunRequest, context: CommandContext): Promise<ExitStatus> {
  const { input, snapshot, output, options, command, check, timeoutMs } = request;
  const { terminal, program, signal } = context;
  const say = (text: string) => terminal.stderr.write(`${program}: ${printable(text)}\n`);
  const folder = output ?? (await mkdtemp(join(tmpdir(), 'mr-clone-')));
  // QEMU has read all of the state when it has started.
  const forget = () => (output === undefined ? rm(folder, { recursive: true, force: true }) : undefined);
  try {
    const clone = await prepare({ input, snapshot, output: folder, options, check }, context);
    warn(clone, context);
    const vm = await startClone(clone, command, { signal, timeoutMs });
    await forget();
    vm.qmp.close();
    if (vm.leftOut.length > 0) {
      say(`left out of the arguments, since only libvirt can hand it over: ${vm.leftOut.join('; ')}`);
    }
    say(`the VM was ready after ${vm.loadMs.toFixed(1)} ms`);
    const status = await vm.exit;
    signal.throwIfAborted();
    if (status === 0) return ExitStatus.ok;
    say(`QEMU ended with status ${status}`);
    return ExitStatus.errorsFound;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof MappedRamError)) throw error;
    say(error.code === 'start-failed' ? error.message : `${input}: ${toFileFault(error).message}`);
    return failureStatus(error);
  } finally {
    await forget();
  }
}
