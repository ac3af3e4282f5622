import { defineConfig } from 'vitest/config';

const project = (root: string) => ({ extends: true as const, root, test: { name: root.split('/').at(-1) } });

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    testTimeout: 20_000,
    projects: [
      ...['format', 'reader', 'lint', 'cli', 'qmp'].map((name) => project(`packages/${name}`)),
      project('fixtures'),
      project('conformance'),
      ...['qemu', 'capture', 'generate', 'docs', 'bench'].map((name) => project(`tools/${name}`)),
    ],
  },
});
