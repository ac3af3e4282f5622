import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clone, type CloneOptions, prepareClone } from '@mapped-ram/clone';
import type { CommandContext } from '../../shared/command.js';
import { isContainer } from '../../shared/open-source.js';
import { printable } from '../../shared/printable.js';
import { UsageError } from '../../shared/usage-error.js';
import { unpackFor } from '../unpacked.js';

/** A clone to prepare. */
export interface CloneRequest {
  readonly input: string;
  /** Which internal snapshot of a disk image is meant. */
  readonly snapshot?: string | undefined;
  /** Its folder. */
  readonly output: string;
  readonly options: CloneOptions;
  /** Holds what is asked of the file against what VMs map. */
  readonly check: (plainPath: string) => Promise<void>;
}

/**
 * Prepares a clone. VMs map the file itself, so what is packed is unpacked into the clone's folder.
 *
 * @throws UsageError where the options name blocks that cannot be mapped; what unpacking, `check` and `prepareClone` throw.
 */
export async function prepare(request: CloneRequest, context: CommandContext): Promise<Clone> {
  const { input, output, options, check } = request;
  const prepareFrom = async (plainPath: string) => {
    await check(plainPath);
    return prepareClone(plainPath, output, options);
  };
  try {
    if (!isContainer(input)) return await prepareFrom(input);
    return await withUnpackedIn(output, request, context, prepareFrom);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

/** Unpacks into the clone's folder. Where nothing comes of it, the file is gone again, and a folder that was made for it. */
async function withUnpackedIn(
  folder: string,
  { input, snapshot, options }: CloneRequest,
  context: CommandContext,
  use: (unpacked: string) => Promise<Clone>,
): Promise<Clone> {
  const firstMade = await mkdir(folder, { recursive: true });
  const unpacked = join(folder, 'snapshot.mr');
  let isOurs = false;
  try {
    await unpackFor(input, unpacked, context, { overwrite: options.overwrite, snapshot });
    isOurs = true;
    return await use(unpacked);
  } catch (error) {
    if (isOurs) await rm(unpacked, { force: true });
    if (firstMade !== undefined) await rm(firstMade, { recursive: true, force: true });
    throw error;
  }
}

/** Says what speaks against running VMs from the file. */
export function warn({ warnings }: Pick<Clone, 'warnings'>, { terminal, program }: CommandContext): void {
  for (const { message } of warnings) terminal.stderr.write(`${program}: warning: ${printable(message)}\n`);
}
