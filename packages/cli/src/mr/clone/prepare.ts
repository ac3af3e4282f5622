import { type Clone, type CloneOptions, prepareClone } from '@mapped-ram/clone';
import type { CommandContext } from '../../shared/command.js';
import { printable } from '../../shared/printable.js';
import { UsageError } from '../../shared/usage-error.js';

/** @throws UsageError where the options name blocks that cannot be mapped. */
export async function prepare(input: string, output: string, options: CloneOptions): Promise<Clone> {
  try {
    return await prepareClone(input, output, options);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

/** Says what speaks against running VMs from the file. */
export function warn({ warnings }: Clone, { terminal, program }: CommandContext): void {
  for (const { message } of warnings) terminal.stderr.write(`${program}: warning: ${printable(message)}\n`);
}
