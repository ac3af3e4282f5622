import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { ClosingLineReporter } from './tools/checks/src/closing-line.js';

/** Longer than any test takes on the busiest machine: what does not come to an end is a fault, what is slow is not. */
const PATIENCE_MS = 600_000;

/** What a plain run leaves to `--mode all`: what takes long, or needs more than `npm run tools` brings. */
const SLOW = '**/*.all.test.ts';

// Tests take and leave buffers of megabytes, for which glibc asks the system anew each time: an eighth of the processor time. And in some virtual
// machines each page that is touched for the first time takes 10 microseconds: a QEMU starts with 2,200 fewer where pages are large. glibc reads this at the start of a process.
process.env.MALLOC_MMAP_THRESHOLD_ ??= String(2 ** 30);
process.env.MALLOC_TRIM_THRESHOLD_ ??= String(2 ** 32);
process.env.GLIBC_TUNABLES ??= 'glibc.malloc.hugetlb=1';

export default defineConfig(({ mode }) => ({
  test: {
    // vitest leaves a processor to itself, which on two is half of them.
    maxWorkers: availableParallelism(),
    // Loading the same modules for each of 300 files takes longer than the tests do.
    isolate: false,
    // V8 would go through all of those modules for every 64 MiB of buffers that tests leave.
    execArgv: ['--initial-old-space-size=512'],
    reporters: ['default', new ClosingLineReporter(mode !== 'all')],
    include: ['{packages,tools}/*/src/**/*.test.ts', '{conformance,fixtures}/src/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(mode === 'all' ? [] : [SLOW])],
    // Where it is `all`, tests that go through captures or vectors take all of them, and a few otherwise.
    env: { MAPPED_RAM_TESTS: mode === 'all' ? 'all' : 'quick' },
    setupFiles: ['tools/checks/src/before-tests.ts'],
    // What other packages have built is loaded by Node as it is; vite would transform it once more.
    server: { deps: { external: [/\/dist\/.*\.js$/] } },
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    expect: { poll: { timeout: PATIENCE_MS } },
  },
}));
