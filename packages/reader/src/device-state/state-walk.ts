import { MappedRamError } from '@mapped-ram/format';
import type { VmsdField, VmsdStruct } from '../model.js';
import { subsectionHeader } from './subsection-header.js';

/**
 * Values that one section may have. QEMU's largest devices have some ten thousand; an array of plain values counts
 * as one.
 */
const MAX_VISITS = 250_000;

/** What a walk over a described device state meets, in the order of the stream. */
export interface StateVisitor {
  /** A field of `count` values without parts, each of `field.size` bytes, one after another. */
  values(field: VmsdField, byteOffset: number, count: number): void;
  /** A struct begins. `index` tells which element of an array it is. */
  beginStruct(name: string, type: string, byteOffset: number, index?: number): void;
  endStruct(byteOffset: number): void;
  /** The header of a subsection, which must be there. Its fields follow as a struct. */
  subsectionHeader(header: Uint8Array, byteOffset: number): void;
}

/**
 * Walks the state that a description describes and tells the visitor where everything lies. Nothing is read: the
 * description alone gives every length. Mirrors `vmstate_save_state_v` and `vmstate_subsection_save` (QEMU 9.0 to 11.1,
 * migration/vmstate.c).
 *
 * @param byteOffset Where the state starts.
 * @returns The offset after its last byte.
 * @throws MappedRamError `bad-vmdescription` where the description contradicts itself, `limit-exceeded`.
 */
export function walkState(struct: VmsdStruct, byteOffset: number, visitor: StateVisitor): number {
  return new StateWalk(visitor).parts(struct, byteOffset, struct.vmsd_name ?? 'device');
}

class StateWalk {
  readonly #visitor: StateVisitor;
  #visits = 0;

  constructor(visitor: StateVisitor) {
    this.#visitor = visitor;
  }

  /** Fields, then subsections. */
  parts(struct: VmsdStruct, byteOffset: number, path: string): number {
    let position = byteOffset;
    for (const field of struct.fields ?? []) position = this.#field(field, position, `${path}.${field.name}`);
    for (const subsection of struct.subsections ?? []) position = this.#subsection(subsection, position);
    return position;
  }

  #field(field: VmsdField, byteOffset: number, path: string): number {
    const count = field.array_len ?? 1;
    const parts = partsOf(field);
    if (parts === undefined) {
      this.#spend(path);
      const end = checkedEnd(byteOffset, field.size, count, path);
      this.#visitor.values(field, byteOffset, count);
      return end;
    }
    let position = byteOffset;
    for (let element = 0; element < count; element++) {
      this.#spend(path);
      const index = field.array_len === undefined ? field.index : element;
      this.#visitor.beginStruct(field.name, field.type, position, index);
      const end = this.parts(parts, position, path);
      this.#visitor.endStruct(end);
      if (end - position !== field.size) {
        const what = 'the size of a struct is not that of its parts';
        throw new MappedRamError('bad-vmdescription', {
          what,
          path,
          expected: field.size,
          actual: end - position,
        });
      }
      position = end;
    }
    return position;
  }

  #subsection(subsection: VmsdStruct, byteOffset: number): number {
    const name = subsection.vmsd_name ?? '';
    this.#spend(name);
    const header = subsectionHeader(name, subsection.version ?? 0);
    this.#visitor.subsectionHeader(header, byteOffset);
    const bodyOffset = byteOffset + header.length;
    this.#visitor.beginStruct(name, 'subsection', bodyOffset);
    const end = this.parts(subsection, bodyOffset, name);
    this.#visitor.endStruct(end);
    return end;
  }

  #spend(path: string): void {
    if (++this.#visits > MAX_VISITS) {
      throw new MappedRamError('limit-exceeded', {
        what: 'the vmdescription describes too many values',
        path,
      });
    }
  }
}

/**
 * The members of a field that has some. A `vstruct` and a `tmp` carry them in the field itself; so do lists
 * (`qtailq`, `gtree`), but repeated under the same keys, of which JSON keeps the last, so that a list is one value.
 */
function partsOf(field: VmsdField): VmsdStruct | undefined {
  if (field.struct !== undefined) return field.struct;
  if ((field.type === 'vstruct' || field.type === 'tmp') && field.fields !== undefined) return field;
  return undefined;
}

function checkedEnd(byteOffset: number, size: number, count: number, path: string): number {
  const end = byteOffset + size * count;
  if (Number.isSafeInteger(end)) return end;
  throw new MappedRamError('bad-vmdescription', { what: 'a field is longer than any file', path });
}
