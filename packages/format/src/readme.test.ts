import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const packageFolder = fileURLToPath(new URL('../', import.meta.url));
const readme = readFileSync(`${packageFolder}README.md`, 'utf8');

it('has an example that prints what it says', () => {
  const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const printed = [...example.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => text);
  expect(printed.length).toBeGreaterThan(0);
  // In the package's folder, so that the package finds itself by its name.
  const path = `${packageFolder}dist/readme-example-${process.pid}.mjs`;
  writeFileSync(path, example);
  try {
    const output = execFileSync(process.execPath, [path], { encoding: 'utf8' });
    expect(output.trimEnd().split('\n')).toEqual(printed);
  } finally {
    rmSync(path);
  }
});
