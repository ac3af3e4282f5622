import { MappedRamError } from '@mapped-ram/format';
import { BtfKind, type BtfTypes } from './btf.js';

/** How deep structures without names, and names of types, may lie in each other. */
const MAX_DEPTH = 32;

/** Members that are looked at for one answer, at most. */
const MAX_LOOKS = 100_000;

/** Where a member is in a structure. */
export interface MemberPlace {
  /** In bytes. */
  readonly offset: number;
  readonly typeId: number;
}

/** Finds members of structures by their names, also in those that have no name of their own. */
export class StructLayout {
  readonly #types: BtfTypes;

  constructor(types: BtfTypes) {
    this.#types = types;
  }

  /** Bytes of a structure. @throws MappedRamError `unsupported` where there is none of that name */
  size(structure: string): number {
    return this.#structure(structure).sizeOrType;
  }

  /** Where a member is: `mm`, `thread_info.cpu`; undefined where there is none. */
  tryFind(structure: string, path: string): MemberPlace | undefined {
    let place: MemberPlace = { offset: 0, typeId: this.#structure(structure).id };
    for (const name of path.split('.')) {
      const inner = this.#find(this.#resolve(place.typeId), name, 0, { looks: 0 });
      if (inner === undefined) return undefined;
      place = { offset: place.offset + inner.offset, typeId: inner.typeId };
    }
    return place;
  }

  /** As {@link tryFind}, of one that must be there. @throws MappedRamError `unsupported` where it is not */
  find(structure: string, path: string): MemberPlace {
    const found = this.tryFind(structure, path);
    if (found !== undefined) return found;
    throw new MappedRamError('unsupported', { what: `the guest’s kernel has no ${structure}.${path}` });
  }

  /** As {@link find}, the offset alone. */
  offset(structure: string, path: string): number {
    return this.find(structure, path).offset;
  }

  /** Bytes of a member; of an array, those of all elements. */
  sizeOf({ typeId }: MemberPlace): number {
    const type = this.#types.type(this.#resolve(typeId));
    if (type.kind === BtfKind.pointer) return 8;
    if (type.kind !== BtfKind.array) return type.sizeOrType;
    const { typeId: of, count } = this.#types.array(type);
    return count * this.#types.type(this.#resolve(of)).sizeOrType;
  }

  /** Name of the structure that a member is, or that its elements are. */
  nameOf({ typeId }: MemberPlace): string {
    const type = this.#types.type(this.#resolve(typeId));
    if (type.kind !== BtfKind.array) return type.name;
    return this.#types.type(this.#resolve(this.#types.array(type).typeId)).name;
  }

  #structure(name: string) {
    const found = this.#types.structure(name);
    if (found !== undefined) return found;
    throw new MappedRamError('unsupported', { what: `the guest’s kernel has no structure ${name}` });
  }

  #find(typeId: number, name: string, depth: number, budget: { looks: number }): MemberPlace | undefined {
    if (depth > MAX_DEPTH) return undefined;
    for (const member of this.#types.members(this.#types.type(typeId))) {
      if (++budget.looks > MAX_LOOKS) return undefined;
      const offset = member.bitOffset >>> 3;
      if (member.name === name) return { offset, typeId: member.typeId };
      if (member.name !== '') continue;
      const inner = this.#find(this.#resolve(member.typeId), name, depth + 1, budget);
      if (inner !== undefined) return { offset: offset + inner.offset, typeId: inner.typeId };
    }
    return undefined;
  }

  /** The type behind names and qualifiers. */
  #resolve(typeId: number): number {
    return resolveType(this.#types, typeId);
  }
}

const TRANSPARENT: readonly number[] = [
  BtfKind.typedef,
  BtfKind.volatile,
  BtfKind.const,
  BtfKind.restrict,
  BtfKind.typeTag,
];

/** The type behind names and qualifiers: `typedef`, `const`, `volatile`. @throws MappedRamError `unsupported` where that does not end */
export function resolveType(types: BtfTypes, typeId: number): number {
  let id = typeId;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const { kind, sizeOrType } = types.type(id);
    if (!TRANSPARENT.includes(kind)) return id;
    id = sizeOrType;
  }
  throw new MappedRamError('unsupported', { what: 'the guest’s types (BTF) are made of each other' });
}
