import { grammarNames, repositoryRoot } from './grammar.js';
import { generateParserModule } from './parser-module.js';
import { generateZeroPageModule } from './wasm-module.js';

/** A file that is generated. */
export interface Artefact {
  readonly path: string;
  readonly content: string;
}

/** Generates every file, without writing it. */
export async function generateArtefacts(): Promise<Artefact[]> {
  const folder = `${repositoryRoot}packages/format/src/generated/`;
  const parsers = grammarNames.map(async (name) => ({
    path: `${folder}${name.replaceAll('_', '-')}.ts`,
    content: await generateParserModule(name),
  }));
  return Promise.all([
    ...parsers,
    generateZeroPageModule().then((content) => ({ path: `${folder}zero-page-module.ts`, content })),
  ]);
}
