import { existsSync, readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { ClosingLineReporter } from './tools/vitest/closing-line.js';

/** Every workspace package is a project of its own, named after its folder. */
const packages = ['fixtures', 'conformance', ...foldersIn('packages'), ...foldersIn('tools')];

function foldersIn(parent: string): string[] {
  return readdirSync(parent)
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(`${folder}/package.json`));
}

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    testTimeout: 20_000,
    reporters: ['default', new ClosingLineReporter()],
    projects: packages.map((root) => ({
      extends: true as const,
      root,
      test: { name: root.split('/').at(-1) },
    })),
  },
});
