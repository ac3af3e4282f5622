import { clauseOf, type KsyAttribute, type KsyType } from './grammar.js';
import { lowerCamelCase, upperCamelCase } from './names.js';

/**
 * The TypeScript declarations of a generated parser: an interface for each type and for its constructor.
 *
 * Declared under the grammar's name are three things at once: the interface of the whole, a namespace of the nested
 * interfaces, and the constructor, which the parser's code defines.
 */
export function declareParser(grammar: KsyType): string {
  const root = upperCamelCase(grammar.meta?.id ?? '');
  const nested = Object.entries(grammar.types ?? {});
  const scope = (type: KsyType) => new TypeDeclarer(type, `${root}.`);
  return [
    doc(grammar, ''),
    `export interface ${root} ${scope(grammar).members('')}\n`,
    '\n/** The types of the elements. */\n',
    `export namespace ${root} {\n`,
    ...nested.map(
      ([name, type]) =>
        `${doc(type, '  ')}  export interface ${upperCamelCase(name)} ${scope(type).members('  ')}\n`,
    ),
    '}\n\n',
    '/** The parsers: of the whole, and of each element. */\n',
    `export interface ${root}Parsers {\n`,
    `  new (${scope(grammar).constructorParameters()}): ${root};\n`,
    ...nested.map(
      ([name, type]) =>
        `  readonly ${upperCamelCase(name)}: new (${scope(type).constructorParameters()}) => ${root}.${upperCamelCase(name)};\n`,
    ),
    ...Object.entries(grammar.enums ?? {}).map(([name, values]) => declareEnum(name, values)),
    '}\n',
  ].join('');
}

function declareEnum(
  name: string,
  values: Readonly<Record<string, string | { readonly id: string }>>,
): string {
  const members = Object.entries(values).map(([value, named]) => {
    const id = typeof named === 'string' ? named : named.id;
    return `readonly ${id.toUpperCase()}: ${value}`;
  });
  return `  readonly ${upperCamelCase(name)}: { ${members.join('; ')} };\n`;
}

class TypeDeclarer {
  readonly #type: KsyType;
  readonly #prefix: string;

  constructor(type: KsyType, prefix: string) {
    this.#type = type;
    this.#prefix = prefix;
  }

  /** The interface's members, in braces. */
  members(indent: string): string {
    const attributes = [
      ...(this.#type.params ?? []),
      ...(this.#type.seq ?? []),
      ...Object.entries(this.#type.instances ?? {}).map(([id, instance]) => ({ ...instance, id })),
    ];
    return [
      '{\n',
      ...attributes.map(
        (attribute) =>
          `${doc(attribute, `${indent}  `)}${indent}  readonly ${this.#name(attribute)}: ${this.#typeOf(attribute)};\n`,
      ),
      `${indent}}`,
    ].join('');
  }

  constructorParameters(): string {
    const params = this.#type.params ?? [];
    const context =
      params.length === 0 ? ['parent?: unknown', 'root?: unknown'] : ['parent: unknown', 'root: unknown'];
    return [
      'io: KaitaiStreamInstance',
      ...context,
      ...params.map((param) => `${this.#name(param)}: ${this.#typeOf(param)}`),
    ].join(', ');
  }

  #name(attribute: KsyAttribute): string {
    return lowerCamelCase(attribute.id ?? '');
  }

  #typeOf(attribute: KsyAttribute): string {
    const one = attribute.value === undefined ? this.#parsedType(attribute) : this.#computedType(attribute);
    const all = attribute.repeat === undefined ? one : `readonly ${one.includes(' ') ? `(${one})` : one}[]`;
    return attribute.if === undefined ? all : `${all} | undefined`;
  }

  #parsedType(attribute: KsyAttribute): string {
    const { type } = attribute;
    if (type === undefined) return 'Uint8Array';
    if (typeof type === 'object') {
      return [...Object.values(type.cases).map((name) => this.#typeName(String(name))), 'undefined'].join(
        ' | ',
      );
    }
    return this.#typeName(String(type));
  }

  #typeName(type: string): string {
    const name = /^\w+/.exec(type)?.[0] ?? '';
    if (/^[us][1248](be|le)?$/.test(name)) return 'number';
    if (name === 'str' || name === 'strz') return 'string';
    if (name === 'bool') return 'boolean';
    return this.#prefix + upperCamelCase(name);
  }

  /** What an expression yields, by the style guide's prefixes: `is_` and `has_` are yes or no, the rest numbers. */
  #computedType(attribute: KsyAttribute): string {
    const cast = /\.as<(\w+)>$/.exec(String(attribute.value))?.[1];
    if (cast !== undefined) return this.#typeName(cast);
    return /^(is|has)_/.test(attribute.id ?? '') ? 'boolean' : 'number';
  }
}

function doc(documented: Pick<KsyType, 'doc' | 'doc-ref'>, indent: string): string {
  const { doc: text } = documented;
  const clause = clauseOf(documented);
  const lines = [...(text?.trim().split('\n') ?? []), ...(clause === undefined ? [] : [`See ${clause}.`])];
  if (lines.length === 0) return '';
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */\n`].join(
    '\n',
  );
}
