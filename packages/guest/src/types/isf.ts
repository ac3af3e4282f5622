import { MappedRamError } from '@mapped-ram/format';
import { type KernelSymbols, linkedAddress } from '../symbols/kernel-symbols.js';
import { BtfKind, type BtfMember, type BtfType, type BtfTypes } from './btf.js';
import { SYMBOL_TYPES } from './isf-symbol-types.js';
import { resolveType } from './struct-layout.js';

/** What the file says of itself (volatility3: volatility3/schemas/schema-6.2.0.json). */
const FORMAT = '6.2.0';

/** Pointers, arrays and qualifiers may be in each other so deep. */
const MAX_DEPTH = 32;

const NUMBERS = { void: 'void', pointer: 'pointer' } as const;

/** What an ISF file is made of. */
export interface IsfContents {
  readonly symbols: KernelSymbols;
  readonly types: BtfTypes;
  /** What KASLR has added to addresses: volatility3 finds that out itself, and takes symbols as they were linked. */
  readonly kernelOffset: bigint;
  /** The kernel's `linux_banner`, by which volatility3 knows that the file belongs to a memory. */
  readonly banner: Uint8Array;
}

/**
 * The kernel's symbols and types in the format that volatility3 takes (ISF, Intermediate Symbol Format), as JSON in pieces. For
 * little-endian guests of 64 bits.
 *
 * @throws MappedRamError `unsupported` where types are made of each other without end, or are not there.
 */
export function* isf(contents: IsfContents): Generator<string, void, undefined> {
  const names = new TypeNames(contents.types);
  const metadata = { format: FORMAT, producer: { name: 'mapped-ram', version: '1' } };
  yield `{"metadata":${JSON.stringify(metadata)},\n"base_types":{`;
  yield* separated(baseTypes(contents.types));
  yield '},\n"user_types":{';
  yield* separated(userTypes(contents.types, names));
  yield '},\n"enums":{';
  yield* separated(enums(contents.types, names));
  yield '},\n"symbols":{';
  yield* separated(symbolsOf(contents, names));
  yield '}}\n';
}

function* separated(members: Iterable<string>): Generator<string, void, undefined> {
  let separator = '\n';
  for (const member of members) {
    yield separator + member;
    separator = ',\n';
  }
}

/** Types by names that are unique, since some have none, and some have that of another. */
class TypeNames {
  readonly #types: BtfTypes;
  readonly #byId = new Map<number, string>();

  constructor(types: BtfTypes) {
    this.#types = types;
    const taken = new Map<string, number>();
    for (const type of types) {
      if (!isNamed(type)) continue;
      const isFree = type.name !== '' && !taken.has(type.name);
      const name = isFree ? type.name : `${type.name === '' ? 'unnamed' : type.name}_${type.id}`;
      taken.set(name, type.id);
      this.#byId.set(type.id, name);
    }
  }

  get(id: number): string {
    return this.#byId.get(id) ?? 'void';
  }

  /** The type as a value of JSON. */
  describe(typeId: number, depth = 0): string {
    if (depth > MAX_DEPTH) {
      throw new MappedRamError('unsupported', { what: 'the guest’s types (BTF) are made of each other' });
    }
    const type = this.#types.type(resolveType(this.#types, typeId));
    switch (type.kind) {
      case BtfKind.int:
      case BtfKind.float:
        return base(type.name);
      case BtfKind.pointer:
        return `{"kind":"pointer","subtype":${this.describe(type.sizeOrType, depth + 1)}}`;
      case BtfKind.array: {
        const { typeId: of, count } = this.#types.array(type);
        return `{"kind":"array","count":${count},"subtype":${this.describe(of, depth + 1)}}`;
      }
      case BtfKind.struct:
      case BtfKind.union:
        return this.#reference(type.kind === BtfKind.union ? 'union' : 'struct', this.get(type.id));
      case BtfKind.enum:
      case BtfKind.enum64:
        return this.#reference('enum', this.get(type.id));
      case BtfKind.forward:
        return this.#types.structure(type.name) === undefined
          ? base(NUMBERS.void)
          : this.#reference(type.flag ? 'union' : 'struct', type.name);
      case BtfKind.functionPrototype:
        return '{"kind":"function"}';
      default:
        return base(NUMBERS.void);
    }
  }

  #reference(kind: string, name: string): string {
    return `{"kind":"${kind}","name":${JSON.stringify(name)}}`;
  }
}

function isNamed({ kind }: BtfType): boolean {
  return ([BtfKind.struct, BtfKind.union, BtfKind.enum, BtfKind.enum64] as number[]).includes(kind);
}

function base(name: string): string {
  return `{"kind":"base","name":${JSON.stringify(name)}}`;
}

function* baseTypes(types: BtfTypes): Generator<string, void, undefined> {
  const seen = new Set<string>();
  const one = (name: string, size: number, signed: boolean, kind: string) => {
    seen.add(name);
    return `${JSON.stringify(name)}:{"size":${size},"signed":${signed},"kind":"${kind}","endian":"little"}`;
  };
  yield one(NUMBERS.void, 0, false, 'void');
  yield one(NUMBERS.pointer, 8, false, 'int');
  for (const type of types) {
    if (seen.has(type.name) || type.name === '') continue;
    if (type.kind === BtfKind.float) yield one(type.name, type.sizeOrType, true, 'float');
    if (type.kind !== BtfKind.int) continue;
    const { isSigned, isBoolean } = types.integer(type);
    const isCharacter = type.sizeOrType === 1 && type.name.endsWith('char');
    yield one(type.name, type.sizeOrType, isSigned, isBoolean ? 'bool' : isCharacter ? 'char' : 'int');
  }
}

function* userTypes(types: BtfTypes, names: TypeNames): Generator<string, void, undefined> {
  for (const type of types) {
    if (type.kind !== BtfKind.struct && type.kind !== BtfKind.union) continue;
    const kind = type.kind === BtfKind.union ? 'union' : 'struct';
    const fields = types.members(type).map((member, index) => field(types, names, member, index));
    const name = JSON.stringify(names.get(type.id));
    yield `${name}:{"size":${type.sizeOrType},"kind":"${kind}","fields":{${fields.join(',')}}}`;
  }
}

function field(types: BtfTypes, names: TypeNames, member: BtfMember, index: number): string {
  const { name, typeId, bitOffset, bitLength } = member;
  const type = names.describe(typeId);
  if (bitLength > 0) {
    // The bits of the number that they are in, as far as it can be aligned.
    const unitBits = 8 * types.type(resolveType(types, typeId)).sizeOrType;
    const start = unitBits > 0 ? bitOffset - (bitOffset % unitBits) : bitOffset - (bitOffset % 8);
    const bits = `"bit_position":${bitOffset - start},"bit_length":${bitLength}`;
    return `${JSON.stringify(name)}:{"type":{"kind":"bitfield",${bits},"type":${type}},"offset":${start / 8}}`;
  }
  const offset = `"offset":${bitOffset >>> 3}`;
  if (name === '') return `"unnamed_field_${index}":{"type":${type},${offset},"anonymous":true}`;
  return `${JSON.stringify(name)}:{"type":${type},${offset}}`;
}

/** Numbers of which enumerations are made, by their bytes. */
const ENUM_BASES: Readonly<Record<number, string>> = {
  1: 'unsigned char',
  2: 'short unsigned int',
  4: 'unsigned int',
  8: 'long unsigned int',
};

function* enums(types: BtfTypes, names: TypeNames): Generator<string, void, undefined> {
  for (const type of types) {
    if (type.kind !== BtfKind.enum && type.kind !== BtfKind.enum64) continue;
    const constants = types.values(type).map(([name, value]) => `${JSON.stringify(name)}:${value}`);
    const of = type.flag && type.sizeOrType === 4 ? 'int' : (ENUM_BASES[type.sizeOrType] ?? 'unsigned int');
    const name = JSON.stringify(names.get(type.id));
    yield `${name}:{"size":${type.sizeOrType},"base":"${of}","constants":{${constants.join(',')}}}`;
  }
}

function* symbolsOf(
  { symbols, types, kernelOffset, banner }: IsfContents,
  names: TypeNames,
): Generator<string, void, undefined> {
  const variables = new Map<string, number>();
  for (const { kind, name, sizeOrType } of types)
    if (kind === BtfKind.variable) variables.set(name, sizeOrType);
  const seen = new Set<string>();
  for (const { name, address } of symbols) {
    if (seen.has(name)) continue;
    seen.add(name);
    const variable = variables.get(name);
    const type = variable === undefined ? knownType(types, name) : names.describe(variable);
    const data = name === 'linux_banner' ? `,"constant_data":"${base64(banner)}"` : '';
    yield `${JSON.stringify(name)}:{"type":${type},"address":${linkedAddress(address, kernelOffset)}${data}}`;
  }
}

/** The type of a variable that BTF does not tell: it has those of variables for each processor alone. */
function knownType(types: BtfTypes, name: string): string {
  const known = SYMBOL_TYPES[name];
  if (known === undefined) return base(NUMBERS.void);
  const { structure, number, count, pointer } = known;
  if (structure !== undefined && types.structure(structure) === undefined) return base(NUMBERS.void);
  const of =
    structure === undefined ? base(number ?? NUMBERS.void) : `{"kind":"struct","name":"${structure}"}`;
  const pointed = pointer === true ? `{"kind":"pointer","subtype":${of}}` : of;
  return count === undefined ? pointed : `{"kind":"array","count":${count},"subtype":${pointed}}`;
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
