import { describe, expect, it } from 'vitest';
import { compileGrammar, grammarNames, languages } from './grammar.js';

describe.each(grammarNames)('%s.ksy', (name) => {
  // Nim's code generator fails on mapped_ram; it is no language that has to be kept.
  it.each(languages.filter((language) => language !== 'nim'))('compiles for %s', async (language) => {
    const files = Object.values(await compileGrammar(name, language));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect(file).not.toBe('');
  });
});
