import { readFile } from 'node:fs/promises';
import wabt from 'wabt';
import { repositoryRoot } from './grammar.js';

/**
 * Assembles the zero-page scanner and embeds it in a TypeScript module, once for a plain memory and once for a shared
 * one: a module's import says which of the two it takes.
 *
 * @throws Error when the text is not well-formed.
 */
export async function generateZeroPageModule(): Promise<string> {
  const text = await readFile(`${repositoryRoot}packages/format/src/zero-page.wat`, 'utf8');
  const plainMemory = '(memory 1)';
  if (!text.includes(plainMemory)) throw new Error(`zero-page.wat does not import ${plainMemory}`);
  const plain = await assemble(text);
  const shared = await assemble(text.replace(plainMemory, '(memory 1 65536 shared)'));
  return [
    '// Generated from packages/format/src/zero-page.wat by tools/generate. Do not edit.',
    '',
    '/** The scanner over a memory that is not shared. */',
    `export const plainZeroPageModule = ${embed(plain)};`,
    '',
    '/** The scanner over a shared memory. */',
    `export const sharedZeroPageModule = ${embed(shared)};`,
    '',
  ].join('\n');
}

async function assemble(text: string): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const module = parseWat('zero-page.wat', text, { simd: true, threads: true });
  try {
    // Its validation would refuse the shared memory; the scanner's test runs what comes out.
    module.resolveNames();
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

/** Numbers rather than base64: the language alone cannot decode that. */
function embed(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 24) lines.push(`  ${bytes.subarray(at, at + 24).join(', ')},`);
  return `/* @__PURE__ */ new Uint8Array([\n${lines.join('\n')}\n])`;
}
