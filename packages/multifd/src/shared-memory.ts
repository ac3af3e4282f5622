import type { WasmMemory } from '@mapped-ram/format';

/** The one thing that is used of the platform's WebAssembly, which Node's types leave out. */
interface PlatformWebAssembly {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory;
}

/** Newer than the language that Node's types are of. */
type GrowableBuffer = new (lengthBytes: number, options: { maxByteLength: number }) => SharedArrayBuffer;

/** Unit in which a WebAssembly.Memory grows; V8 aligns the whole memory to at least this. */
export const MEMORY_UNIT_BYTES = 0x10000;

/**
 * Memory for all channels, page-aligned as direct I/O asks. It is a WebAssembly.Memory, since pages can be searched for zeros in it without
 * moving them. Where there is no room for one (V8 sets 10 GiB of addresses apart, of which `ulimit -v` may leave less), it is memory
 * that could grow, which is aligned too, and takes longer to look through.
 *
 * @param lengthBytes A multiple of {@link MEMORY_UNIT_BYTES}.
 */
export function createSharedMemory(lengthBytes: number): WasmMemory {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: PlatformWebAssembly };
  const units = lengthBytes / MEMORY_UNIT_BYTES;
  try {
    return new WebAssembly.Memory({ initial: units, maximum: units, shared: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const Growable = SharedArrayBuffer as GrowableBuffer;
    return { buffer: new Growable(lengthBytes, { maxByteLength: lengthBytes }) };
  }
}
