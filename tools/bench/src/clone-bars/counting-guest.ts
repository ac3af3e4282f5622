import { constants, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MIB = 1024 * 1024;

/** Where the guest counts in its memory, 16 bits, as long as it runs. */
export const COUNTER_ADDRESS = 0x502;

/** Arguments of a VM whose guest does nothing but count. Files of these names must be in its working directory. */
export const COUNTING_GUEST_ARGS: readonly string[] = ['-nodefaults', '-bios', 'firmware.bin'];

export const MEMORY_NAME = 'memory';

/** A firmware of 64 KiB: xor ax, ax; mov ds, ax; again: inc word [0x502]; jmp again. It fits where the processor begins. */
export async function writeFirmware(folder: string): Promise<void> {
  const firmware = new Uint8Array(64 * 1024);
  firmware.set([0x31, 0xc0, 0x8e, 0xd8, 0xff, 0x06, 0x02, 0x05, 0xeb, 0xfa], 0xfff0);
  await writeFile(join(folder, 'firmware.bin'), firmware);
}

/** Fills guest memory, which a QEMU may have mapped already: of every 4 MiB, the first three are pages that all differ, and the last is zero. */
export async function fillMemory(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT);
  try {
    const words = new BigUint64Array((3 * MIB) / 8).fill(0x5aa5_1234_8765_0ff0n);
    for (let at = 0; at < sizeBytes; at += 4 * MIB) {
      for (let word = 0; word < words.length; word += 512) words[word] = BigInt(at + word * 8 + 1);
      await file.write(new Uint8Array(words.buffer), 0, words.byteLength, at);
    }
    await file.truncate(sizeBytes);
  } finally {
    await file.close();
  }
}
