import { defineConfig } from 'rolldown';

/**
 * Puts the programs, with the libraries that they stand on, into few files: opening some hundred modules takes longer than a
 * quick run. The libraries themselves are published as they are, and the programs need none of them installed.
 *
 * @param together What most runs need, with all that it imports: it lies in one file, each of which takes a millisecond to open.
 */
const bundle = (input, cleanDir, together) => ({
  input,
  platform: 'node',
  // It finds its WebAssembly in a file beside it. The optional koffi is looked for from the bundle, when it runs.
  external: ['@foxglove/wasm-zstd'],
  output: {
    dir: 'dist/bundle',
    cleanDir,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: false,
    codeSplitting: { groups: [together] },
  },
});

export default defineConfig([
  bundle(
    {
      mr: 'dist/bin/mr.js',
      index: 'dist/index.js',
      // Channels start it by this name, from beside the file that they are in.
      worker: 'node_modules/@mapped-ram/multifd/dist/worker.js',
      'search-worker': 'dist/mr/search/search-worker.js',
      'info-worker': 'dist/mr/info/info-worker.js',
      'pack-worker': 'node_modules/@mapped-ram/pack/dist/threads/pack-worker.js',
    },
    true,
    { name: 'common', test: /dist\/mr\/main\.js$/ },
  ),
  // What it shares with mr would be cut into many files, each of which takes a while to be opened.
  bundle({ 'mr-lint': 'dist/bin/mr-lint.js', 'lint-worker': 'dist/mr-lint/lint-worker.js' }, false, {
    name: 'lint',
    test: /dist\/mr-lint\/main\.js$/,
  }),
]);
