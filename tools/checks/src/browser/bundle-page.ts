import { rolldown } from 'rolldown';

/**
 * Bundles a module of a project for the browser, as one script.
 *
 * @param folder - the project's folder, from which imports are resolved
 * @throws Error where something of it is none of a browser's
 */
export async function bundlePage(path: string, folder: string): Promise<string> {
  const warnings: string[] = [];
  const bundle = await rolldown({
    input: path,
    cwd: folder,
    platform: 'browser',
    // The loader of zstd's WebAssembly asks for these where it runs in Node, as all loaders of Emscripten do.
    resolve: { alias: { fs: false, path: false } },
    moduleTypes: { '.wasm': 'dataurl' },
    onLog: (_, { message }) => warnings.push(message),
  });
  try {
    const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
    const [{ code, imports }] = output;
    const faults = [...warnings, ...imports.map((name) => `${name} is not in the bundle`)];
    if (faults.length > 0) throw new Error(faults.join('\n'));
    return code;
  } finally {
    await bundle.close();
  }
}
