import { describe, expect, it } from 'vitest';
import { checkFloors } from './check-floors.js';
import { circles } from './circles.js';
import type { Floor, PackageEntry } from './floors.js';
import { faultsOfTable, forbiddenImports } from './forbidden-imports.js';
import type { SourceFile } from './source-files.js';

const entry = (imports: string[], rest: Partial<PackageEntry> = {}): PackageEntry => ({
  for: 'a test',
  imports,
  node: 'no',
  ...rest,
});
const file = (path: string, imports: string[], isTest = false): SourceFile => ({ path, imports, isTest });
const floors: Floor[] = [
  { what: 'top', packages: { transform: entry(['reader']) } },
  {
    what: 'ground',
    packages: { reader: entry([], { node: ['file.ts'] }), posix: entry([], { node: 'yes' }) },
  },
];
const faultsWith = (...files: SourceFile[]) =>
  forbiddenImports(floors, (folder) => files.filter(({ path }) => path.startsWith(`${folder}/`)));

it('the floors hold', () => {
  expect(checkFloors()).toEqual([]);
});

describe('an import', () => {
  it.each([
    ['packages/transform/src/a.ts', '@mapped-ram/posix'],
    ['packages/reader/src/a.ts', '@mapped-ram/transform'],
    ['packages/reader/src/a.ts', 'node:fs'],
    ['packages/posix/src/a.ts', 'node:worker_threads'],
  ])('of %s that the table does not allow is told: %s', (path, imported) => {
    expect(faultsWith(file(path, [imported]))).toEqual([
      expect.stringContaining(`${path} imports ${imported}`),
    ]);
  });

  it.each([
    ['packages/transform/src/a.ts', '@mapped-ram/reader/file'],
    ['packages/reader/src/file.ts', 'node:fs'],
    ['packages/reader/src/a.ts', './b.js'],
  ])('of %s that the table allows is not: %s', (path, imported) => {
    expect(faultsWith(file(path, [imported]))).toEqual([]);
  });

  it('of a test may be any', () => {
    expect(faultsWith(file('packages/reader/src/a.test.ts', ['@mapped-ram/transform'], true))).toEqual([]);
  });
});

it('a table that leads up or aside is told, and a package that it lacks', () => {
  const up: Floor[] = [{ what: 'one', packages: { reader: entry(['posix']), posix: entry([]) } }];
  expect(faultsOfTable(up, ['reader', 'lint'])).toEqual([
    'floors.json: reader may not import posix, which is not below it',
    'floors.json lacks packages/lint',
  ]);
});

it('a circle is told with its files', () => {
  const way = [
    file('p/src/a.ts', ['./b.js']),
    file('p/src/b.ts', ['./c/d.js']),
    file('p/src/c/d.ts', ['../a.js']),
  ];
  expect(circles(way)).toEqual(['p/src/a.ts -> p/src/b.ts -> p/src/c/d.ts -> p/src/a.ts']);
  expect(circles(way.slice(0, 2))).toEqual([]);
});
