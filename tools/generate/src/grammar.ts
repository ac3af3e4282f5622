import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import compiler from 'kaitai-struct-compiler';
import { parse } from 'yaml';

/** The repository's root, with a slash at its end. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** The grammars in `spec/`, without their extension. */
export const grammarNames = ['mapped_ram', 'libvirt_save'] as const;

/** Every language that the compiler knows. */
export const languages = compiler.languages;

/** An attribute of a type: a field of its `seq`, or an instance. */
export interface KsyAttribute {
  readonly id?: string;
  readonly type?: string | number | { readonly cases: Record<string, string> };
  readonly size?: unknown;
  readonly terminator?: unknown;
  readonly enum?: string;
  readonly repeat?: string;
  readonly if?: string;
  readonly value?: unknown;
  readonly doc?: string;
}

/** A type in a grammar, or a whole grammar. */
export interface KsyType {
  readonly meta?: { readonly id: string };
  readonly doc?: string;
  /** An address, or several of the whole grammar. */
  readonly 'doc-ref'?: string | readonly string[];
  readonly params?: readonly KsyAttribute[];
  readonly seq?: readonly KsyAttribute[];
  readonly instances?: Readonly<Record<string, KsyAttribute>>;
  readonly types?: Readonly<Record<string, KsyType>>;
  readonly enums?: Readonly<Record<string, Readonly<Record<string, string | { readonly id: string }>>>>;
}

/** The clause of the specification that a part of a grammar refers to, such as `STREAM-1`. Undefined where it refers to none. */
export function clauseOf({ 'doc-ref': address }: Pick<KsyType, 'doc-ref'>): string | undefined {
  return typeof address === 'string' ? /#([A-Z]+-\d+)$/.exec(address)?.[1] : undefined;
}

/** Reads a grammar, without checking it. */
export async function readGrammar(name: string): Promise<KsyType> {
  return parse(await readFile(`${repositoryRoot}spec/${name}.ksy`, 'utf8')) as KsyType;
}

/**
 * Generates a parser.
 *
 * @returns The files that the compiler wrote, by name.
 * @throws whatever the compiler throws when the grammar is wrong or the language cannot express it.
 */
export async function compileGrammar(name: string, language: string): Promise<Record<string, string>> {
  const importer = { importYaml: (imported: string) => readGrammar(imported) };
  return compiler.compile(language, await readGrammar(name), importer, false);
}
