import type { VmsdDevice, VmsdStruct } from '@mapped-ram/reader';

/** Fields that are as long as what is in them. */
const OF_ANY_LENGTH = new Set(['qtailq', 'gtree', 'qlist', 'virtio', 'data']);

/** A field that tells how long the buffer behind it is (QEMU: `VMSTATE_VBUFFER_UINT32`), such as `fdt_size` of `fdt_blob`. */
const IS_LENGTH = /^(.+_)(size|len|length)$/;

/** The type byte before a subsection; its name's length and its version surround the name. */
const SUBSECTION = 0x05;
const VERSION_BYTES = 4;

/** As many fields and elements as are looked at of one device. */
const MAX_STEPS = 100_000;

/** The length of a state cannot be known: it has a part that the file's description does not have. */
class UnknownLengthError extends Error {}

/**
 * Whether a state of the destination has the fields that the file's description gives, with or without the subsections that it
 * gives: they end where its state ends. Mirrors the order of `vmstate_load_state` and `vmstate_subsection_load` (QEMU 9.0 to
 * 11.1, migration/vmstate.c).
 *
 * @returns true also where that cannot be told
 */
export function hasLayout(body: Uint8Array, device: VmsdDevice): boolean {
  if (device.fields === undefined) return true;
  try {
    return new LayoutWalk(body).struct(device, 0) === body.length;
  } catch (error) {
    if (error instanceof UnknownLengthError) return true;
    throw error;
  }
}

class LayoutWalk {
  readonly #body: Uint8Array;
  #steps = 0;

  constructor(body: Uint8Array) {
    this.#body = body;
  }

  /** @returns where the struct ends, with its subsections */
  struct({ vmsd_name = '', fields = [], subsections = [] }: VmsdStruct, start: number): number {
    let at = start;
    let told: { readonly of: string; readonly lengthBytes: number } | undefined;
    for (const { name, type, size, array_len = 1, struct } of fields) {
      if (OF_ANY_LENGTH.has(type)) throw new UnknownLengthError();
      if (type === 'buffer' && told !== undefined && name.startsWith(told.of)) {
        at += told.lengthBytes;
        continue;
      }
      const [, of] = IS_LENGTH.exec(name) ?? [];
      const lengthBytes = size === 4 ? this.#numberAt(at) : undefined;
      if (of !== undefined && lengthBytes !== undefined) told = { of, lengthBytes };
      if (struct?.subsections === undefined && !hasNested(struct)) {
        at += size * array_len;
        continue;
      }
      for (let element = 0; element < array_len; element++) {
        if (++this.#steps > MAX_STEPS) throw new UnknownLengthError();
        at = struct === undefined ? at + size : this.struct(struct, at);
      }
    }
    return this.#subsections(vmsd_name, subsections, at);
  }

  #numberAt(at: number): number | undefined {
    if (at + 4 > this.#body.length) return undefined;
    return new DataView(this.#body.buffer, this.#body.byteOffset + at, 4).getUint32(0);
  }

  #subsections(owner: string, described: readonly VmsdStruct[], start: number): number {
    let at = start;
    for (let name = this.#subsectionAt(at); name !== undefined; name = this.#subsectionAt(at)) {
      // Not this struct's: one of those around it.
      if (!name.startsWith(owner)) break;
      const known = described.find(({ vmsd_name }) => vmsd_name === name);
      if (known === undefined || ++this.#steps > MAX_STEPS) throw new UnknownLengthError();
      at = this.struct(known, at + 2 + name.length + VERSION_BYTES);
    }
    return at;
  }

  #subsectionAt(at: number): string | undefined {
    if (this.#body[at] !== SUBSECTION) return undefined;
    const length = this.#body[at + 1] ?? 0;
    if (length === 0 || at + 2 + length + VERSION_BYTES > this.#body.length) return undefined;
    return Buffer.from(this.#body.subarray(at + 2, at + 2 + length)).toString('latin1');
  }
}

/** Whether some part of a struct has subsections. */
function hasNested(struct: VmsdStruct | undefined): boolean {
  return (struct?.fields ?? []).some(
    (field) => field.struct?.subsections !== undefined || hasNested(field.struct),
  );
}
