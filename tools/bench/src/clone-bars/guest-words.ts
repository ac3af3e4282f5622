import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { queryRamBlocks } from '@mapped-ram/qmp';
import { type ObservedQemu, openProcessMemory } from '@mapped-ram/tool-qemu';

/** 16-bit words of a clone's main memory, read and written behind the guest's back. */
export interface GuestWords {
  read(address: number): number;
  write(address: number, value: number): void;
}

export async function guestWords(clone: ObservedQemu, idstr: string): Promise<GuestWords> {
  const blocks = await queryRamBlocks(clone.qmp);
  const base = blocks.find((block) => block.idstr === idstr)?.hostAddress ?? 0;
  const path = `/proc/${clone.process.pid}/mem`;
  const word = Buffer.alloc(2);
  const withMemory = (flags: string, use: (fd: number) => void) => {
    const fd = openSync(path, flags);
    use(fd);
    closeSync(fd);
  };
  return {
    read(address) {
      withMemory('r', (fd) => readSync(fd, word, 0, 2, base + address));
      return word.readUInt16LE();
    },
    write(address, value) {
      word.writeUInt16LE(value);
      withMemory('r+', (fd) => writeSync(fd, word, 0, 2, base + address));
    },
  };
}

/** A process's share of the memory that it uses: what n processes share counts as an n-th for each. In bytes. */
export function proportionalBytes(pid: number): number {
  const [, kib = '0'] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

/** Has all of a block of a clone's mapped, so that it counts. */
export async function readAll(clone: ObservedQemu, idstr: string): Promise<void> {
  const memory = await openProcessMemory(clone);
  const block = (await queryRamBlocks(clone.qmp)).find((one) => one.idstr === idstr);
  const piece = Buffer.alloc(1024 * 1024);
  for (let at = 0; at < (block?.usedLength ?? 0); at += piece.length) {
    await memory.read(piece, (block?.hostAddress ?? 0) + at);
  }
  await memory.close();
}
