import { open } from 'node:fs/promises';
import type { QemuVm } from '@mapped-ram/tool-qemu';

/** A RAM block of a running QEMU. */
export interface GuestBlock {
  readonly idstr: string;
  readonly usedLength: number;
  /** In QEMU's own address space; user addresses stay below 2^47. */
  readonly hostAddress: number;
}

/** A line of `info ramblock`: name, page size, offset, used, total, host address, ro or rw. */
const BLOCK_LINE =
  /^\s*(\S.*?)\s+\d+ [KMG]iB\s+0x[0-9a-f]+\s+(0x[0-9a-f]+)\s+0x[0-9a-f]+\s+(0x[0-9a-f]+)\s+r[ow]\s*$/;

/** The RAM blocks of a running QEMU. */
export async function listGuestBlocks(vm: QemuVm): Promise<GuestBlock[]> {
  const text = await vm.qmp.execute<string>('human-monitor-command', { 'command-line': 'info ramblock' });
  return text.split('\n').flatMap((line) => {
    const [, idstr, used, host] = BLOCK_LINE.exec(line) ?? [];
    return idstr === undefined ? [] : [{ idstr, usedLength: Number(used), hostAddress: Number(host) }];
  });
}

/** The memory of a child process. */
export interface ProcessMemory {
  /** Fills the target. @throws Error where the memory cannot be read whole */
  read(target: Uint8Array, address: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens the memory of a QEMU that this process started. One that stands still (`-S`) does not change its guest's. */
export async function openProcessMemory(vm: QemuVm): Promise<ProcessMemory> {
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
