import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPacked, isPlainZstd } from '@mapped-ram/pack';
import { unpackFile } from '@mapped-ram/pack/file';
import { openFileSource } from '@mapped-ram/reader/file';
import { convertSnapshot, transformFile } from '@mapped-ram/transform';
import type { CommandContext } from '../shared/command.js';
import { isContainer, sourceOpener } from '../shared/open-source.js';
import { printable } from '../shared/printable.js';
import { withProgress } from './progress.js';

/**
 * Works with a file that QEMU is to read: the file itself, or where it is packed, what was packed, in a file that is there as long as
 * it is worked with. Of a disk image, that is the snapshot that is meant.
 *
 * @throws MappedRamError as `unpackFile` does; what `use` throws.
 */
export async function withUnpacked<T>(
  path: string,
  context: CommandContext,
  use: (path: string) => Promise<T>,
  choice: Pick<UnpackChoice, 'snapshot'> = {},
): Promise<T> {
  if (!isContainer(path)) return use(path);
  const folder = await mkdtemp(join(tmpdir(), 'mr-unpacked-'));
  try {
    const unpacked = join(folder, 'snapshot.mr');
    await unpackFor(path, unpacked, context, choice);
    return await use(unpacked);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is unpacked, and over what. */
export interface UnpackChoice {
  readonly overwrite?: boolean | undefined;
  /** Which internal snapshot of a disk image is meant. */
  readonly snapshot?: string | undefined;
}

/** Whether it is one that `mr pack` made, whose parts can be read alone. */
async function isReadInPlace(path: string): Promise<boolean> {
  const file = await openFileSource(path);
  try {
    const head = new Uint8Array(Math.min(4, file.sizeBytes));
    await file.read(head, 0);
    return isPacked(head) && !(await isPlainZstd(file));
  } finally {
    await file.close();
  }
}

/**
 * Unpacks a file for QEMU, or takes the snapshot out of what it lies in, with all processors, and says so.
 *
 * @throws MappedRamError as `unpackFile` and `convertSnapshot` do.
 */
export async function unpackFor(
  path: string,
  output: string,
  { program, terminal, signal }: CommandContext,
  { overwrite = false, snapshot }: UnpackChoice = {},
): Promise<void> {
  const begunAt = performance.now();
  const isPackedFile = await isReadInPlace(path);
  await withProgress(terminal, path, async (onProgress) => {
    if (isPackedFile) {
      const channels = availableParallelism();
      await unpackFile({ input: path, output, overwrite }, { channels, signal, onProgress });
      return;
    }
    const pair = { input: path, output, overwrite, signal, openSource: sourceOpener(snapshot) };
    await transformFile(pair, (source, target) =>
      convertSnapshot(source, target, 'mapped-ram', { takeOut: true, onProgress }),
    );
  });
  const seconds = ((performance.now() - begunAt) / 1000).toFixed(2);
  const what = snapshot === undefined ? 'unpacked' : `snapshot ${snapshot} taken out`;
  terminal.stderr.write(
    `${program}: ${printable(`${path}: ${what} into ${output} in ${seconds} s, for QEMU`)}\n`,
  );
}
