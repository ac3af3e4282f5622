import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';

const program = `
import { createPageScanner, countSet, MappedRam, SafeKaitaiStream } from 'format';
const header = new MappedRam.OpeningSectionHeader(
  new SafeKaitaiStream(new Uint8Array([0, 0, 0, 1, 3, 114, 97, 109, 0, 0, 0, 0, 0, 0, 0, 4])),
);
const scanner = createPageScanner({ pageSize: 4096 });
scanner.buffer[4096] = 1;
result = {
  idstr: header.idstr,
  engine: scanner.engine,
  nonZero: scanner.scan(0, 256),
  set: countSet(new Uint8Array(8).fill(3), 64, 'le'),
};
`;

it('bundles for the browser without a polyfill and runs where there is nothing but the language', async () => {
  const warnings: string[] = [];
  const bundle = await rolldown({
    input: 'program',
    platform: 'browser',
    onLog: (_, log) => warnings.push(log.message),
    plugins: [
      {
        name: 'program',
        resolveId(id) {
          if (id === 'program') return id;
          // What is published, not the sources.
          return id === 'format' ? fileURLToPath(new URL('../dist/index.js', import.meta.url)) : undefined;
        },
        load: (id) => (id === 'program' ? program : undefined),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'iife' });
  await bundle.close();

  expect(warnings).toEqual([]);
  expect(output).toHaveLength(1);
  expect(output[0].imports).toEqual([]);
  const context = vm.createContext({ result: undefined });
  vm.runInContext(output[0].code, context);
  expect(context.result).toEqual({ idstr: 'ram', engine: 'wasm-simd', nonZero: 1, set: 16 });
});
