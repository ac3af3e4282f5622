import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackFile } from '@mapped-ram/pack/file';
import type { CommandContext } from '../shared/command.js';
import { isContainer } from '../shared/open-source.js';
import { printable } from '../shared/printable.js';
import { withProgress } from './progress.js';

/**
 * Works with a file that QEMU is to read: the file itself, or where it is packed, what was packed, in a file that is there as long as
 * it is worked with.
 *
 * @throws MappedRamError as `unpackFile` does; what `use` throws.
 */
export async function withUnpacked<T>(
  path: string,
  context: CommandContext,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (!isContainer(path)) return use(path);
  const folder = await mkdtemp(join(tmpdir(), 'mr-unpacked-'));
  try {
    const unpacked = join(folder, 'snapshot.mr');
    await unpackFor(path, unpacked, context);
    return await use(unpacked);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Unpacks a file for QEMU, with all processors, and says so.
 *
 * @throws MappedRamError as `unpackFile` does.
 */
export async function unpackFor(
  path: string,
  output: string,
  { program, terminal, signal }: CommandContext,
  overwrite = false,
): Promise<void> {
  const begunAt = performance.now();
  await withProgress(terminal, path, (onProgress) =>
    unpackFile({ input: path, output, overwrite }, { channels: availableParallelism(), signal, onProgress }),
  );
  const seconds = ((performance.now() - begunAt) / 1000).toFixed(2);
  terminal.stderr.write(
    `${program}: ${printable(`${path}: unpacked into ${output} in ${seconds} s, for QEMU`)}\n`,
  );
}
