import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { generateArtefacts } from './artefacts.js';

it('generates what is in the repository', async () => {
  for (const { path, content } of await generateArtefacts()) {
    expect(await readFile(path, 'utf8'), path).toBe(content);
  }
});
