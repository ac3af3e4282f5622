import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { qcow2Container } from '@mapped-ram/containers';
import { type QemuRamBlock, queryRamBlocks } from '@mapped-ram/qmp';
import { type ByteSource, openSnapshot } from '@mapped-ram/reader';
import { openSource } from '@mapped-ram/reader/file';
import { openProcessMemory, type ProcessMemory, type QemuVm } from '@mapped-ram/tool-qemu';
import { viewClassicStream } from '@mapped-ram/transform';
import type { Destination, SavedFile, SavedMemory } from '../protocol/messages.js';

const CHUNK_BYTES = 1024 * 1024;

/** A block's memory as it was saved. */
interface SavedBlock {
  readonly idstr: string;
  readonly lengthBytes: number;
  /** Fills the target with what was saved from an offset on. */
  read(target: Uint8Array, offset: number): Promise<unknown>;
}

/**
 * Compares a QEMU's guest memory with what was saved.
 *
 * @param vm Must have been started by this process, and be paused.
 * @param memory Guest memory that lies in files of the VM's folder, with the hash that was taken when it was saved.
 * @param saved All other memory; in a file, pages whose bit is clear count as zeros.
 * @returns Where the first difference is, in words; undefined where there is none.
 */
export async function findMemoryDifference(
  vm: QemuVm,
  memory: Destination['memory'],
  saved: SavedFile | SavedMemory,
): Promise<string | undefined> {
  for (const { name, sha256 } of memory) {
    if ((await hashFile(join(vm.folder, name))) !== sha256) return `${name} differs`;
  }
  const guestBlocks = await queryRamBlocks(vm.qmp);
  const processMemory = await openProcessMemory(vm);
  try {
    for await (const block of 'file' in saved ? blocksOfFile(saved) : blocksOfMemory(saved)) {
      const guest = guestBlocks.find(({ idstr }) => idstr === block.idstr);
      if (guest === undefined) return `the guest has no block ${block.idstr}`;
      const difference = await compareBlock(block, processMemory, guest);
      if (difference !== undefined) return difference;
    }
    return undefined;
  } finally {
    await processMemory.close();
  }
}

async function* blocksOfFile({
  file,
  streamOffset,
  internalSnapshot,
}: SavedFile): AsyncGenerator<SavedBlock> {
  const containers = internalSnapshot === undefined ? [] : [qcow2Container(internalSnapshot)];
  const opened = await openSource(file, containers);
  // In a classic stream pages have no place of their own.
  const source = await viewClassicStream(await withoutDescription(opened.source, streamOffset), {
    streamOffset,
  });
  const snapshot = await openSnapshot(source, { streamOffset });
  try {
    for (const block of snapshot.ramBlocks) {
      if (block.ignored) continue;
      yield {
        idstr: block.idstr,
        lengthBytes: block.usedLength,
        read: (target, offset) => snapshot.readPages(block, offset / block.pageSize, target),
      };
    }
  } finally {
    await snapshot.close();
  }
}

/** What stands behind the end marker says nothing of memory, and may be damaged. */
async function withoutDescription(source: ByteSource, streamOffset?: number): Promise<ByteSource> {
  const place = streamOffset === undefined ? {} : { streamOffset };
  const { endMarkerOffset } = await openSnapshot(source, { ...place, tolerant: true, classic: true });
  return endMarkerOffset === undefined ? source : firstBytes(source, endMarkerOffset + 1);
}

function firstBytes(source: ByteSource, sizeBytes: number): ByteSource {
  return {
    name: source.name,
    sizeBytes,
    read: (target, byteOffset) =>
      source.read(target.subarray(0, Math.max(0, sizeBytes - byteOffset)), byteOffset),
    close: async () => source.close?.(),
  };
}

async function* blocksOfMemory({ blocks }: SavedMemory): AsyncGenerator<SavedBlock> {
  for (const { id, memory } of blocks) {
    if (memory === undefined) continue;
    const file = await open(memory);
    try {
      const { size } = await file.stat();
      const read: SavedBlock['read'] = (target, offset) => file.read(target, 0, target.length, offset);
      yield { idstr: id, lengthBytes: size, read };
    } finally {
      await file.close();
    }
  }
}

async function compareBlock(
  { idstr, lengthBytes, read }: SavedBlock,
  memory: ProcessMemory,
  guest: QemuRamBlock,
): Promise<string | undefined> {
  const saved = Buffer.alloc(CHUNK_BYTES);
  const restored = Buffer.alloc(CHUNK_BYTES);
  for (let at = 0; at < lengthBytes; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, lengthBytes - at);
    const [savedPart, restoredPart] = [saved.subarray(0, length), restored.subarray(0, length)];
    await read(savedPart, at);
    await memory.read(restoredPart, guest.hostAddress + at);
    if (!savedPart.equals(restoredPart)) {
      const difference = savedPart.findIndex((byte, index) => byte !== restoredPart[index]);
      return `${idstr} differs from 0x${(at + difference).toString(16)}`;
    }
  }
  return undefined;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: CHUNK_BYTES }), hash);
  return hash.digest('hex');
}
