import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allOrFew, allOrLast, onlyInAll } from '@mapped-ram/fixtures';
import { loadPages, savePages } from '@mapped-ram/multifd';
import { openSnapshot, type RamBlock, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import {
  findQemu,
  launchQemu,
  QEMU_VERSIONS,
  type QemuVersion,
  type QemuVm,
  restoreMappedRam,
  saveMappedRam,
} from '@mapped-ram/tool-qemu';
import { describe, expect, it } from 'vitest';
import { somePages } from './testing/patterns.js';
import { scratchFolder } from './testing/scratch.js';
import { withChannels } from './testing/with-channels.js';

const SAVING = allOrFew([1, 2, 4, 8, 16], [1, 5]);
const LOADING = allOrFew([1, 3, 8], [3]);
const MEMORY_BYTES = 8 * 1024 * 1024;
const memory = somePages(MEMORY_BYTES / 4096, 4096);

const inScratch = scratchFolder();
const onDisk = scratchFolder(tmpdir());

/** Runs `act` with a stopped machine whose memory is the file `ram` in its folder. */
async function withMachine<T>(
  version: QemuVersion,
  content: Uint8Array | undefined,
  act: (vm: QemuVm, memoryPath: string) => Promise<T>,
): Promise<T> {
  const vm = await launchQemu({
    version,
    args: [
      ...['-S', '-nodefaults', '-machine', 'none,memory-backend=ram', '-m', `${MEMORY_BYTES / 2 ** 20}M`],
      ...['-object', `memory-backend-file,id=ram,size=${MEMORY_BYTES},mem-path=ram,share=on`],
      ...(content === undefined ? ['-incoming', 'defer'] : []),
    ],
    prepare: (folder) => {
      if (content !== undefined) writeFileSync(join(folder, 'ram'), content);
    },
  });
  try {
    return await act(vm, join(vm.folder, 'ram'));
  } finally {
    await vm.kill();
  }
}

const multifd = (channels: number) => ({
  capabilities: ['multifd'],
  parameters: { 'multifd-channels': channels },
});

async function saveByQemu(
  version: QemuVersion,
  path: string,
  channels: number,
  content: Uint8Array,
): Promise<void> {
  await withMachine(version, content, async (vm) => {
    const outcome = await saveMappedRam(vm, { uri: `file:${path}`, ...multifd(channels) });
    expect(outcome).toEqual({ kind: 'completed' });
  });
}

async function loadByQemu(version: QemuVersion, path: string, channels: number): Promise<Uint8Array> {
  return withMachine(version, undefined, async (vm, memoryPath) => {
    const outcome = await restoreMappedRam(vm, { uri: `file:${path}`, ...multifd(channels) });
    expect(outcome).toEqual({ kind: 'completed' });
    return readFileSync(memoryPath);
  });
}

/** Writes a stopped machine's memory, which it shares with us, into a snapshot of the same machine without memory. */
async function saveByUs(
  version: QemuVersion,
  path: string,
  channels: number,
  directIo = false,
): Promise<void> {
  await withSnapshot(path, async (_, block) => {
    const bitmap = new Uint8Array(block.bitmapLengthBytes);
    await withMachine(version, memory, async (_vm, memoryPath) => {
      const source = { path: memoryPath, directIo };
      await withChannels({ channels, source, target: { path, directIo } }, async (open) => {
        await savePages(open, block, bitmap);
        await open.sync();
      });
    });
    const descriptor = openSync(path, 'r+');
    writeSync(descriptor, bitmap, 0, bitmap.length, block.bitmapOffset);
    closeSync(descriptor);
  });
}

async function loadByUs(path: string, channels: number, directIo = false): Promise<Uint8Array> {
  return withSnapshot(path, async (snapshot, block) => {
    const target = { memory: new SharedArrayBuffer(block.usedLength) };
    await withChannels({ channels, source: { path, directIo }, target }, async (open) => {
      await loadPages(open, snapshot, block);
      await open.sync();
    });
    return new Uint8Array(target.memory);
  });
}

async function withSnapshot<T>(
  path: string,
  act: (snapshot: Snapshot, block: RamBlock) => Promise<T>,
): Promise<T> {
  const snapshot = await openSnapshot(await openFileSource(path));
  try {
    return await act(snapshot, snapshot.ramBlocks[0] as RamBlock);
  } finally {
    await snapshot.close();
  }
}

const isSame = (loaded: Uint8Array): boolean => Buffer.compare(loaded, memory) === 0;
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

describe.each(allOrLast(QEMU_VERSIONS))('QEMU %s', (version) => {
  const program = findQemu(version);
  const missing = program.kind === 'missing' ? program.reason : undefined;
  if (missing !== undefined) console.warn(`skipped, missing tool: ${missing}`);

  describe.skipIf(missing !== undefined)(
    missing === undefined ? 'and these channels' : `missing tool: ${missing}`,
    () => {
      it.each(allOrLast(SAVING))(
        'what QEMU saves with %i channels is the same memory, whoever loads it with how many',
        async (channels) => {
          const path = inScratch('by-qemu.mr');
          await saveByQemu(version, path, channels, memory);
          for (const loading of LOADING) {
            expect(isSame(await loadByUs(path, loading)), `by ours, ${loading}`).toBe(true);
            expect(isSame(await loadByQemu(version, path, loading)), `by QEMU, ${loading}`).toBe(true);
          }
        },
      );

      onlyInAll(it)(
        'what our channels save is one file, however many they are, and the same memory, whoever loads it',
        async () => {
          const empty = inScratch('empty.mr');
          await saveByQemu(version, empty, 1, new Uint8Array(MEMORY_BYTES));
          const path = inScratch('by-us.mr');
          const digests = new Set<string>();
          for (const channels of SAVING) {
            copyFileSync(empty, path);
            await saveByUs(version, path, channels);
            digests.add(sha256(path));
          }
          expect(digests.size).toBe(1);
          for (const loading of LOADING) {
            expect(isSame(await loadByUs(path, loading)), `by ours, ${loading}`).toBe(true);
            expect(isSame(await loadByQemu(version, path, loading)), `by QEMU, ${loading}`).toBe(true);
          }
        },
      );

      onlyInAll(it)('direct I/O leaves the same file and the same memory', async () => {
        const path = onDisk('direct.mr');
        const cached = inScratch('cached.mr');
        await saveByQemu(version, path, 2, new Uint8Array(MEMORY_BYTES));
        copyFileSync(path, cached);
        await saveByUs(version, path, 3, true);
        await saveByUs(version, cached, 3);
        expect(sha256(path)).toBe(sha256(cached));
        expect(isSame(await loadByUs(path, 3, true))).toBe(true);
      });

      it('what our channels save is what QEMU saves of the same memory', async () => {
        const path = inScratch('ours.mr');
        const theirs = inScratch('theirs.mr');
        await saveByQemu(version, path, 1, new Uint8Array(MEMORY_BYTES));
        await saveByQemu(version, theirs, 1, memory);
        await saveByUs(version, path, 2);
        const end = await withSnapshot(
          path,
          async (_, { pagesOffset, usedLength }) => pagesOffset + usedLength,
        );
        const upTo = (file: string) => readFileSync(file).subarray(0, end);
        expect(Buffer.compare(upTo(path), upTo(theirs))).toBe(0);
      });
    },
  );
});
