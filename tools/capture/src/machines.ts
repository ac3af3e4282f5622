import type { Machine, MemoryFile } from './recipe.js';

const KIB = 1024;
export const MIB = 1024 * KIB;
const FIRMWARE = { name: 'firmware.bin', sizeBytes: 64 * KIB };

/** The arguments that make a file of guest memory. `id` becomes the RAM block's idstr. */
export function memoryArgs(id: string, { name, sizeBytes }: MemoryFile): string[] {
  return ['-object', `memory-backend-file,id=${id},size=${sizeBytes},mem-path=${name},share=on`];
}

/** One machine with one main RAM block out of a file, under the name that it has by default. */
export function machine(
  target: Machine['target'],
  type: string,
  ramId: string,
  memory: MemoryFile,
  more: Partial<Pick<Machine, 'args' | 'files'>> = {},
): Machine {
  return {
    target,
    args: [
      ...['-nodefaults', '-machine', `${type},memory-backend=${ramId}`],
      ...memoryArgs(ramId, memory),
      ...['-m', `size=${memory.sizeBytes / KIB}k`],
      ...(more.args ?? []),
    ],
    memory: [memory],
    files: more.files ?? [],
  };
}

/** A machine of the PC family. Its firmware is a file of ours, so that no one else's program is in a capture. */
export function pcMachine(
  type: string,
  memory: MemoryFile,
  args: readonly string[] = [],
  ramId = 'pc.ram',
): Machine {
  return machine('x86_64', type, ramId, memory, {
    args: ['-bios', FIRMWARE.name, ...args],
    files: [FIRMWARE],
  });
}
