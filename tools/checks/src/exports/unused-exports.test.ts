import { expect, it } from 'vitest';
import type { PackageExport } from './package-exports.js';
import { uselessAmong } from './unused-exports.js';

const exported = (name: string, declarations: string, isPublic = false): PackageExport => ({
  ...{ name, entry: 'packages/a/dist/index.d.ts', declarations, isPublic },
});
const namesOf = (all: readonly PackageExport[], users: string) =>
  uselessAmong(all, users).map(({ name }) => name);

const read = exported('read', 'export declare function read(options: ReadOptions): Report;');
const types = [
  exported('ReadOptions', 'export interface ReadOptions { limit: Limit }'),
  exported('Limit', 'export interface Limit {}'),
  exported('Report', '/** As Other is. */\nexport interface Report {}'),
  exported('Other', 'export interface Other {}'),
];

it('what another package imports has one, and the types that it names', () => {
  expect(namesOf([read, ...types], "import { read } from '@mapped-ram/a'")).toEqual(['Other']);
});

it('what nobody names has none, nor have its types', () => {
  expect(namesOf([read, ...types], 'reads Reporters')).toEqual([
    'read',
    'ReadOptions',
    'Limit',
    'Report',
    'Other',
  ]);
});

it('what is declared with it has one only where it is named there', () => {
  const declarations = 'export declare function one(): void;\nexport declare function two(): void;';
  expect(namesOf([exported('one', declarations), exported('two', declarations)], 'one')).toEqual(['two']);
});

it('what is public has one', () => {
  expect(namesOf([{ ...read, isPublic: true }, ...types], '')).toEqual(['Other']);
});
