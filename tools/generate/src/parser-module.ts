import { compileGrammar, readGrammar } from './grammar.js';
import { upperCamelCase } from './names.js';
import { declareParser } from './parser-types.js';

/**
 * Generates the parser of a grammar as a TypeScript module: the compiler's JavaScript in an ES module instead of its
 * UMD wrapper, with declarations of its types.
 *
 * @throws Error when the compiler's output is not of the form that is expected.
 */
export async function generateParserModule(grammarName: string): Promise<string> {
  const root = upperCamelCase(grammarName);
  const files = await compileGrammar(grammarName, 'javascript');
  const code = files[`${root}.js`] ?? '';
  const start = code.indexOf(`var ${root} = (function() {`);
  const end = code.lastIndexOf(`${root}_.${root} = ${root};`);
  if (start < 0 || end < 0)
    throw new Error(`the JavaScript for ${grammarName} has another form than expected`);
  return [
    `// Generated from spec/${grammarName}.ksy (CC0-1.0) by tools/generate. Do not edit.`,
    // The code below is checked by running it; its types are the declared ones.
    '// @ts-nocheck',
    "import { KaitaiStream, type KaitaiStreamInstance } from '../kaitai-runtime.js';",
    '',
    declareParser(await readGrammar(grammarName)),
    `/** The parsers of the grammar: one class a type. */\nexport const ${root}: ${root}Parsers = /* @__PURE__ */ (function() {`,
    code.slice(start, end).replace(/^.*\n/, '').trimEnd(),
    '',
  ].join('\n');
}
