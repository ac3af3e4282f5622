import { defineConfig } from 'rolldown';

/**
 * Puts the runner and the testees that come with it, with the tools of this workspace that they need, into few files: what
 * is published does not depend on what is not, nor on the command whose way of reading a command line it shares.
 */
export default defineConfig({
  input: {
    conformance: 'dist/bin/conformance.js',
    'ts-testee': 'dist/testees/ts-testee.js',
    'qemu-testee': 'dist/testees/qemu-testee.js',
  },
  platform: 'node',
  external: (id) => /^(@mapped-ram\/(?!tool-|cli\/)|ajv)/.test(id),
  output: {
    dir: 'dist/bundle',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  },
});
