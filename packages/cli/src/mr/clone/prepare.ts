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
  const { output, options } = request;
  try {
    return await prepareClone(await plainFile(request, context), output, options);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

async function plainFile(
  { input, output, options, check }: CloneRequest,
  context: CommandContext,
): Promise<string> {
  if (!isContainer(input)) {
    await check(input);
    return input;
  }
  await mkdir(output, { recursive: true });
  const unpacked = join(output, 'snapshot.mr');
  await unpackFor(input, unpacked, context, options.overwrite);
  try {
    await check(unpacked);
  } catch (error) {
    await rm(unpacked);
    throw error;
  }
  return unpacked;
}

/** Says what speaks against running VMs from the file. */
export function warn({ warnings }: Pick<Clone, 'warnings'>, { terminal, program }: CommandContext): void {
  for (const { message } of warnings) terminal.stderr.write(`${program}: warning: ${printable(message)}\n`);
}
