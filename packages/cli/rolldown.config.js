import { defineConfig } from 'rolldown';

/**
 * Puts the programs, with the libraries that they stand on, into few files: opening some hundred modules takes longer than a
 * quick run. The libraries themselves are published as they are.
 */
export default defineConfig({
  input: {
    'mr-lint': 'dist/bin/mr-lint.js',
    mr: 'dist/bin/mr.js',
    // Channels start it by this name, from beside the file that they are in.
    worker: 'node_modules/@mapped-ram/multifd/dist/worker.js',
  },
  platform: 'node',
  // It finds koffi, which is optional, from where it is itself.
  external: ['@mapped-ram/posix'],
  output: {
    dir: 'dist/bundle',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  },
});
