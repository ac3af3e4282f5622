import { defineConfig } from 'rolldown';

/** V8 takes a file with one other character twice as much memory, and longer to read. At last: what is printed after `renderChunk` has its characters back. */
const ascii = {
  name: 'ascii',
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escaped);
    }
  },
};

const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Says that the bundle is CommonJS, in a package that is not, and makes an ES module of what is imported. */
const manifest = {
  name: 'manifest',
  generateBundle(_, files) {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
    const { exports } = files['index.js'];
    const source = `export { ${exports.join(', ')} } from './index.js';\n`;
    this.emitFile({ type: 'asset', fileName: 'index.mjs', source });
  },
};

/**
 * Puts the programs, with the libraries that they stand on, into few files: opening some hundred modules takes longer than a
 * quick run. They are CommonJS, which takes less to load than ES modules, and which V8's compiled code can be kept of. The libraries
 * themselves are published as they are, and the programs need none of them installed.
 *
 * @param groups What most runs need, each with all that it imports and that is in no group before it: it lies in one file, each of
 * which takes a while to open.
 */
const bundle = (input, groups, plugins = []) => ({
  input,
  platform: 'node',
  // It finds its WebAssembly in a file beside it. The optional koffi is looked for from the bundle, when it runs.
  external: ['@foxglove/wasm-zstd'],
  plugins: [ascii, ...plugins],
  output: {
    format: 'cjs',
    // Node refuses a dynamic import in code that was kept of an earlier run.
    dynamicImportInCjs: false,
    dir: 'dist/bundle',
    cleanDir: false,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: false,
    codeSplitting: { groups: groups.map((group, index) => ({ ...group, priority: groups.length - index })) },
  },
});

/** A program or a thread's, which is started by this name, from beside the file that starts it: what it shared with others would be cut into many files. */
const alone = (name, path, main = path) => bundle({ [name]: path }, [{ name, test: new RegExp(`${main}$`) }]);

export default defineConfig([
  bundle(
    { mr: 'dist/bin/mr.js', index: 'dist/index.js' },
    [
      { name: 'common', test: /dist\/mr\/main\.js$/ },
      { name: 'reading', test: /dist\/(mr\/(run-transform|file-options)|shared\/open-source)\.js$/ },
      { name: 'snapshot', test: /reader\/dist\/snapshot\.js$/ },
      { name: 'pages', test: /(format\/dist\/zero-page|posix\/dist\/(aligned-buffer|posted-error))\.js$/ },
      {
        name: 'files',
        test: /(transform\/dist\/(files|copy-snapshot)|dist\/mr\/(channel-options|pipe-size|standard-streams))\.js$/,
      },
      { name: 'packing', test: /pack\/dist\/(pack\/pack-file|unpack\/unpack-file)\.js$/ },
    ],
    [manifest],
  ),
  alone('mr-lint', 'dist/bin/mr-lint.js', 'dist/mr-lint/main.js'),
  alone('lint-worker', 'dist/mr-lint/lint-worker.js'),
  alone('worker', 'node_modules/@mapped-ram/multifd/dist/worker.js'),
  alone('search-worker', 'dist/mr/search/search-worker.js'),
  alone('info-worker', 'dist/mr/info/info-worker.js'),
  alone('pack-worker', 'node_modules/@mapped-ram/pack/dist/threads/pack-worker.js'),
]);
