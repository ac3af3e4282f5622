import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openSnapshot, type RamBlock, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import type { QemuVm } from '@mapped-ram/tool-qemu';
import type { Destination, SavedFile } from '../protocol/messages.js';
import { type GuestBlock, listGuestBlocks, openProcessMemory, type ProcessMemory } from './guest-memory.js';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Compares a QEMU's guest memory with what was saved.
 *
 * @param vm Must have been started by this process, and stand still.
 * @param memory Guest memory that lies in files of the VM's folder, with the hash that was taken when it was saved.
 * @param saved The good file, for all other memory: pages whose bit is clear count as zeros.
 * @returns Where the first difference is, in words; undefined where there is none.
 */
export async function findMemoryDifference(
  vm: QemuVm,
  memory: Destination['memory'],
  saved: SavedFile,
): Promise<string | undefined> {
  for (const { name, sha256 } of memory) {
    if ((await hashFile(join(vm.folder, name))) !== sha256) return `${name} differs`;
  }
  const guestBlocks = await listGuestBlocks(vm);
  const snapshot = await openSnapshot(await openFileSource(saved.file), { streamOffset: saved.streamOffset });
  const processMemory = await openProcessMemory(vm);
  try {
    for (const block of snapshot.ramBlocks) {
      if (block.ignored) continue;
      const guest = guestBlocks.find(({ idstr }) => idstr === block.idstr);
      if (guest === undefined) return `the guest has no block ${block.idstr}`;
      const difference = await compareBlock(snapshot, block, processMemory, guest);
      if (difference !== undefined) return difference;
    }
    return undefined;
  } finally {
    await processMemory.close();
    await snapshot.close();
  }
}

async function compareBlock(
  snapshot: Snapshot,
  block: RamBlock,
  memory: ProcessMemory,
  guest: GuestBlock,
): Promise<string | undefined> {
  const saved = Buffer.alloc(CHUNK_BYTES);
  const restored = Buffer.alloc(CHUNK_BYTES);
  for (let at = 0; at < block.usedLength; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, block.usedLength - at);
    const [savedPart, restoredPart] = [saved.subarray(0, length), restored.subarray(0, length)];
    await snapshot.readPages(block, at / block.pageSize, savedPart);
    await memory.read(restoredPart, guest.hostAddress + at);
    if (!savedPart.equals(restoredPart)) {
      const difference = savedPart.findIndex((byte, index) => byte !== restoredPart[index]);
      return `${block.idstr} differs from 0x${(at + difference).toString(16)}`;
    }
  }
  return undefined;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: CHUNK_BYTES }), hash);
  return hash.digest('hex');
}
