import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clone } from '@mapped-ram/clone';
import { formatBytes } from '../../shared/quantities.js';
import { shellWord } from '../../shared/shell-words.js';

/** What was prepared, and how to start a VM from it. */
export async function cloneText(clone: Clone, folder: string): Promise<string[]> {
  const { mappedBlocks, qemuArgs, incomingUri, capabilities } = clone;
  const { size } = await stat(incomingUri.slice('file:'.length));
  const blocks = mappedBlocks.length === 0 ? 'no block' : mappedBlocks.join(', ');
  const states = Object.entries(capabilities).map(([capability, state]) => ({ capability, state }));
  return [
    `${join(folder, 'clone.json')}: ${blocks} mapped from the snapshot, the rest of the state in ${formatBytes(size)}`,
    '',
    'Start QEMU with the devices that the VM had, and:',
    ...argumentLines(qemuArgs),
    'Then over QMP, and when the migration is completed, cont:',
    `  ${JSON.stringify({ execute: 'migrate-set-capabilities', arguments: { capabilities: states } })}`,
    `  ${JSON.stringify({ execute: 'migrate-incoming', arguments: { uri: incomingUri } })}`,
  ];
}

/** An option with its value on each line, quoted for a shell. */
function argumentLines(args: readonly string[]): string[] {
  const lines: string[] = [];
  for (let index = 0; index < args.length; index += 2) {
    lines.push(
      `  ${args
        .slice(index, index + 2)
        .map(shellWord)
        .join(' ')}`,
    );
  }
  return lines.map((line, index) => (index === lines.length - 1 ? line : `${line} \\`));
}
