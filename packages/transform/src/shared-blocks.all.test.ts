import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statfsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { loadCapture } from '@mapped-ram/fixtures';
import { openSnapshot } from '@mapped-ram/reader';
import { hasProgram } from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copySnapshot } from './copy-snapshot.js';
import { type FileOperation, transformFile } from './files.js';
import { scrubToCopy } from './scrub-to-copy.js';
import { useScratch } from './testing/scratch.js';

const MIB = 1024 * 1024;

/** What the snapshot stores: more than the file system has left beside it. */
const STORED_BYTES = 160 * MIB;

function missingForXfs(): string | undefined {
  if (process.getuid?.() !== 0) return 'missing right: only root can mount a file system';
  if (!existsSync('/dev/loop-control')) return 'missing device: /dev/loop-control';
  return hasProgram('mkfs.xfs', '-V') ? undefined : 'missing tool: mkfs.xfs (xfsprogs)';
}
const missing = missingForXfs();

const scratch = useScratch();

describe.skipIf(missing !== undefined)(missing ?? 'on a file system whose files share blocks', () => {
  const mount = () => scratch.path('xfs');
  const at = (name: string) => join(mount(), name);
  beforeAll(async () => {
    const disk = scratch.path('disk');
    execFileSync('truncate', ['-s', '300M', disk]);
    execFileSync('mkfs.xfs', ['-q', disk]);
    mkdirSync(mount());
    execFileSync('mount', ['-o', 'loop', disk, mount()]);
    const image = await loadCapture('qemu-10.0/sparse-4g');
    const [block] = (await openSnapshot(image)).ramBlocks;
    if (block === undefined) throw new Error('there is no block');
    image.patch(block.bitmapOffset, new Uint8Array(STORED_BYTES / block.pageSize / 8).fill(0xff));
    for (let offset = 0; offset < STORED_BYTES; offset += MIB) {
      image.patch(block.pagesOffset + offset, new Uint8Array(MIB).fill(7));
    }
    await image.writeTo(at('large.mr'));
  });
  afterAll(() => execFileSync('umount', [mount()]));

  const copy: FileOperation<unknown> = (source, target, transport) =>
    copySnapshot(source, target, { transport });
  const copyBy = (channels: number | undefined, operation = copy) =>
    transformFile(
      {
        ...{ input: at('large.mr'), output: at('copy.mr'), overwrite: true },
        ...(channels !== undefined && { channels: { channels } }),
      },
      operation,
    );

  it('a copy by the kernel needs no room, and any other is refused before it is begun', async () => {
    const { bavail, bsize } = statfsSync(mount());
    expect(bavail * bsize).toBeLessThan(STORED_BYTES);
    await expect(copyBy(undefined)).rejects.toThrow('no space left on device: the file takes');
    const scrub = copyBy(2, (source, target, transport) => scrubToCopy(source, target, { transport }));
    await expect(scrub).rejects.toThrow('no space left on device: the file takes');
    await copyBy(2);
    execFileSync('cmp', ['-n', String(2 * STORED_BYTES), at('large.mr'), at('copy.mr')]);
    truncateSync(at('copy.mr'), 0);
  });
});
