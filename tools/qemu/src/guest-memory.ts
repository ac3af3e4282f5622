import { open } from 'node:fs/promises';
import { queryRamBlocks } from '@mapped-ram/qmp';
import type { QemuVm } from './launch-qemu.js';

/** A running QEMU whose memory is looked at from outside. */
export interface ObservedQemu {
  readonly qmp: Pick<QemuVm['qmp'], 'execute'>;
  readonly process: Pick<QemuVm['process'], 'pid'>;
}

/** The memory of a child process. */
export interface ProcessMemory {
  /** Fills the target. @throws Error where the memory cannot be read whole */
  read(target: Uint8Array, address: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens the memory of a QEMU that this process started. One that is paused (`-S`) does not change its guest's. */
export async function openProcessMemory(vm: ObservedQemu): Promise<ProcessMemory> {
  const handle = await open(`/proc/${vm.process.pid}/mem`, 'r');
  return {
    async read(target, address) {
      for (let filled = 0; filled < target.length; ) {
        const { bytesRead } = await handle.read(target, filled, target.length - filled, address + filled);
        if (bytesRead === 0) throw new Error(`guest memory at 0x${address.toString(16)} cannot be read`);
        filled += bytesRead;
      }
    },
    close: () => handle.close(),
  };
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Compares the guest memory of two QEMUs that are paused, block by block.
 *
 * @returns Where the first difference is, in words; undefined where there is none.
 */
export async function findGuestDifference(a: ObservedQemu, b: ObservedQemu): Promise<string | undefined> {
  const [blocks, others] = [await queryRamBlocks(a.qmp), await queryRamBlocks(b.qmp)];
  if (blocks.length === 0 || blocks.length !== others.length) return 'they have different blocks';
  const memories = [await openProcessMemory(a), await openProcessMemory(b)] as const;
  const buffers = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)] as const;
  try {
    for (const { idstr, usedLength, hostAddress } of blocks) {
      const other = others.find((block) => block.idstr === idstr);
      if (other?.usedLength !== usedLength) return `${idstr} is not the same block`;
      for (let at = 0; at < usedLength; at += CHUNK_BYTES) {
        const [piece, otherPiece] = buffers.map((buffer) => buffer.subarray(0, usedLength - at)) as [
          Buffer,
          Buffer,
        ];
        await Promise.all([
          memories[0].read(piece, hostAddress + at),
          memories[1].read(otherPiece, other.hostAddress + at),
        ]);
        if (piece.equals(otherPiece)) continue;
        const difference = piece.findIndex((byte, index) => byte !== otherPiece[index]);
        return `${idstr} differs from 0x${(at + difference).toString(16)}`;
      }
    }
    return undefined;
  } finally {
    for (const memory of memories) await memory.close();
  }
}
