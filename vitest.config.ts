import { defineConfig } from 'vitest/config';
import { ClosingLineReporter } from './tools/vitest/closing-line.js';

const project = (root: string) => ({ extends: true as const, root, test: { name: root.split('/').at(-1) } });

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    testTimeout: 20_000,
    reporters: ['default', new ClosingLineReporter()],
    projects: [
      ...[
        'format',
        'reader',
        'lint',
        'cli',
        'qmp',
        'posix',
        'fdset',
        'multifd',
        'writer',
        'transform',
        'inspect',
      ].map((name) => project(`packages/${name}`)),
      project('fixtures'),
      project('conformance'),
      ...['debian', 'qemu', 'capture', 'generate', 'docs', 'bench', 'hostile', 'publish'].map((name) =>
        project(`tools/${name}`),
      ),
    ],
  },
});
