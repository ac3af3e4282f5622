/** As much of a WebAssembly.Memory as is needed here, or other memory, in which no WebAssembly runs. A shared one has a SharedArrayBuffer. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
}

/** A function that a WebAssembly module exports. */
export type WasmFunction = (...args: number[]) => number;

/** The platform's WebAssembly, as far as the language alone lets it be named: it is no part of ECMAScript. */
interface PlatformWebAssembly {
  readonly Memory: new (limits: { initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { env: { memory: WasmMemory } },
  ) => { readonly exports: Record<string, WasmFunction> };
  validate(bytes: Uint8Array): boolean;
}

/** What of WebAssembly is used here. */
export interface WebAssemblyLoader {
  /**
   * New memory of so many 64 KiB pages, not shared, or undefined where the platform has no room for it: V8 sets 10 GiB of addresses
   * apart for each, of which `ulimit -v` may leave less.
   */
  createMemory(pages: number): WasmMemory | undefined;
  /** The exports of a module over a memory, or undefined where that is no WebAssembly.Memory, or the platform lacks what the module uses. */
  instantiate(bytes: Uint8Array, memory: WasmMemory): Record<string, WasmFunction> | undefined;
}

/** The platform's WebAssembly, or undefined where there is none. A page's content security policy may forbid to compile it. */
export function loadWebAssembly(): WebAssemblyLoader | undefined {
  const { WebAssembly } = globalThis as { WebAssembly?: PlatformWebAssembly };
  if (WebAssembly === undefined) return undefined;
  return {
    createMemory(pages) {
      try {
        return new WebAssembly.Memory({ initial: pages });
      } catch (error) {
        if (error instanceof RangeError) return undefined;
        throw error;
      }
    },
    instantiate(bytes, memory) {
      if (!(memory instanceof WebAssembly.Memory) || !WebAssembly.validate(bytes)) return undefined;
      let module: object;
      try {
        module = new WebAssembly.Module(bytes);
      } catch {
        // The bytes are valid; what speaks against them is a policy without `wasm-unsafe-eval`.
        return undefined;
      }
      return new WebAssembly.Instance(module, { env: { memory } }).exports;
    },
  };
}
