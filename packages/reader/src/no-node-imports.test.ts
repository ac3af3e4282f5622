import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const sourcePath = fileURLToPath(new URL('.', import.meta.url));

it('needs Node for files alone', () => {
  const files = readdirSync(sourcePath, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'),
  );
  const needing = files.filter((path) =>
    /from 'node:|\b(process|Buffer)\./.test(readFileSync(`${sourcePath}/${path}`, 'utf8')),
  );
  expect(needing).toEqual(['blocking-file.ts', 'file.ts']);
});
