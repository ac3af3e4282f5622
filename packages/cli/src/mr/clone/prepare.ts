import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clone, type CloneOptions, prepareClone } from '@mapped-ram/clone';
import type { CommandContext } from '../../shared/command.js';
import { isContainer } from '../../shared/open-source.js';
import { printable } from '../../shared/printable.js';
import { UsageError } from '../../shared/usage-error.js';
import { unpackFor } from '../unpacked.js';

/**
 * Prepares a clone. VMs map the file itself, so what is packed is unpacked into the clone's folder.
 *
 * @throws UsageError where the options name blocks that cannot be mapped; what unpacking and `prepareClone` throw.
 */
export async function prepare(
  input: string,
  output: string,
  options: CloneOptions,
  context: CommandContext,
): Promise<Clone> {
  try {
    return await prepareClone(await plainFile(input, output, options, context), output, options);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

async function plainFile(
  input: string,
  folder: string,
  { overwrite }: CloneOptions,
  context: CommandContext,
): Promise<string> {
  if (!isContainer(input)) return input;
  await mkdir(folder, { recursive: true });
  const unpacked = join(folder, 'snapshot.mr');
  await unpackFor(input, unpacked, context, overwrite);
  return unpacked;
}

/** Says what speaks against running VMs from the file. */
export function warn({ warnings }: Clone, { terminal, program }: CommandContext): void {
  for (const { message } of warnings) terminal.stderr.write(`${program}: warning: ${printable(message)}\n`);
}
