import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { ClosingLineReporter } from './tools/checks/src/closing-line.js';

/** Every workspace package is a project of its own, named after its folder. */
const packages = ['fixtures', 'conformance', ...foldersIn('packages'), ...foldersIn('tools')];

function foldersIn(parent: string): string[] {
  return readdirSync(parent)
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(`${folder}/package.json`));
}

/** Longer than any test takes on the busiest machine: what does not come to an end is a fault, what is slow is not. */
const PATIENCE_MS = 600_000;

/** What a plain run leaves to `--mode all`: what takes long, or needs more than `npm run tools` brings. */
const SLOW = 'src/**/*.all.test.ts';

export default defineConfig(({ mode }) => ({
  test: {
    // vitest leaves a processor to itself, which on two is half of them.
    maxWorkers: availableParallelism(),
    reporters: ['default', new ClosingLineReporter(mode !== 'all')],
    projects: packages.map((root) => ({
      root,
      test: {
        name: root.split('/').at(-1) as string,
        include: ['src/**/*.test.ts'],
        // Loading the same modules for each of 200 files takes longer than the tests do.
        isolate: false,
        exclude: [...configDefaults.exclude, ...(mode === 'all' ? [] : [SLOW])],
        // Where it is `all`, tests that go through captures or vectors take all of them, and a few otherwise.
        env: { MAPPED_RAM_TESTS: mode === 'all' ? 'all' : 'quick' },
        testTimeout: PATIENCE_MS,
        hookTimeout: PATIENCE_MS,
        expect: { poll: { timeout: PATIENCE_MS } },
      },
    })),
  },
}));
