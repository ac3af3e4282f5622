import type { WasmMemory } from '@mapped-ram/format';

/** The one thing that is used of the platform's WebAssembly, which Node's types leave out. */
interface PlatformWebAssembly {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory;
}

/** Unit in which a WebAssembly.Memory grows; V8 aligns the whole memory to at least this. */
export const MEMORY_UNIT_BYTES = 0x10000;

/**
 * Memory for all channels. It is a WebAssembly.Memory since nothing else that Node has is page-aligned, as direct I/O asks,
 * and since pages can be searched for zeros in it without moving them.
 *
 * @param lengthBytes A multiple of {@link MEMORY_UNIT_BYTES}.
 */
export function createSharedMemory(lengthBytes: number): WasmMemory {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: PlatformWebAssembly };
  const units = lengthBytes / MEMORY_UNIT_BYTES;
  return new WebAssembly.Memory({ initial: units, maximum: units, shared: true });
}
