import { defineConfig } from 'rolldown';

/**
 * Puts the programs, with the libraries that they stand on, into few files: opening some hundred modules takes longer than a
 * quick run. The libraries themselves are published as they are, and the programs need none of them installed.
 *
 * @param groups What most runs need, each with all that it imports and that is in no group before it: it lies in one file, each of
 * which takes a millisecond to open.
 */
const bundle = (input, { cleanDir = false, groups }) => ({
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
    codeSplitting: { groups: groups.map((group, index) => ({ ...group, priority: groups.length - index })) },
  },
});

/** A thread's program, which is started by this name, from beside the file that starts it. It shares no file with what takes longer to read. */
const thread = (name, path) => bundle({ [name]: path }, { groups: [{ name, test: new RegExp(path) }] });

export default defineConfig([
  bundle(
    { mr: 'dist/bin/mr.js', index: 'dist/index.js' },
    {
      cleanDir: true,
      groups: [
        { name: 'common', test: /dist\/mr\/main\.js$/ },
        { name: 'reading', test: /dist\/(mr\/(run-transform|file-options)|shared\/open-source)\.js$/ },
        { name: 'snapshot', test: /reader\/dist\/snapshot\.js$/ },
        { name: 'packing', test: /pack\/dist\/(pack\/pack-file|unpack\/unpack-file)\.js$/ },
      ],
    },
  ),
  // What it shares with mr would be cut into many files, each of which takes a while to be opened.
  bundle(
    { 'mr-lint': 'dist/bin/mr-lint.js', 'lint-worker': 'dist/mr-lint/lint-worker.js' },
    { groups: [{ name: 'lint', test: /dist\/mr-lint\/main\.js$/ }] },
  ),
  thread('worker', 'node_modules/@mapped-ram/multifd/dist/worker.js'),
  thread('search-worker', 'dist/mr/search/search-worker.js'),
  thread('info-worker', 'dist/mr/info/info-worker.js'),
  thread('pack-worker', 'node_modules/@mapped-ram/pack/dist/threads/pack-worker.js'),
]);
