import { expect, test } from 'vitest';
import { formatMigrationUri, parseMigrationUri } from './migration-uri.js';

test.each([
  ['file:vm.mr', { path: 'vm.mr', byteOffset: 0 }],
  ['file:/a,b/vm.mr,offset=0x1000', { path: '/a,b/vm.mr', byteOffset: 4096 }],
  ['file:vm.mr,offset=1.5k', { path: 'vm.mr', byteOffset: 1536 }],
  ['file:vm.mr,Offset=4', { path: 'vm.mr,Offset=4', byteOffset: 0 }],
  ['file:/dev/fdset/7', { path: '/dev/fdset/7', fdsetId: 7, byteOffset: 0 }],
  ['file:/dev/fdset/ +07,offset=4k', { path: '/dev/fdset/ +07', fdsetId: 7, byteOffset: 4096 }],
])('%s', (uri, expected) => {
  expect(parseMigrationUri(uri)).toEqual(expected);
});

test.each([
  ...['', 'vm.mr', 'FILE:vm.mr', 'tcp:localhost:4444', 'unix:/tmp/socket', 'fd:5', 'exec:cat'],
  ...['file:', 'file:,offset=1', 'file:a,offset=', 'file:a,offset=1k,b', 'file:a,offset=1,offset=2'],
  ...['file:a,offset=4KiB', 'file:a,offset=-1', 'file:a,offset=8E'],
  ...[
    'file:/dev/fdset/',
    'file:/dev/fdset/x',
    'file:/dev/fdset/1x',
    'file:/dev/fdset/0x1',
    'file:/dev/fdset/-1',
  ],
  ...['file:/dev/fdset/2147483648', 'file:/dev/fdset/1/'],
])('refused: %s', (uri) => {
  expect(() => parseMigrationUri(uri)).toThrow(RangeError);
});

test.each([
  [{ path: 'vm.mr' }, 'file:vm.mr'],
  [{ path: 'vm.mr', byteOffset: 0 }, 'file:vm.mr'],
  [{ path: '/a,b', byteOffset: 4096 }, 'file:/a,b,offset=4096'],
  [{ fdsetId: 0, byteOffset: 1 }, 'file:/dev/fdset/0,offset=1'],
])('written: %o', (parts, uri) => {
  expect(formatMigrationUri(parts)).toBe(uri);
});

test.each([
  { path: '' },
  { path: 'a,offset=5' },
  { path: 'a', byteOffset: -1 },
  { path: 'a', byteOffset: 0.5 },
  { path: 'a', byteOffset: Number.NaN },
  { path: 'a', byteOffset: 2 ** 60 },
  { path: 'a,offset', byteOffset: 1e21 },
  { fdsetId: -1 },
  { fdsetId: 1.5 },
  { fdsetId: 2 ** 31 },
])('not written: %o', (parts) => {
  expect(() => formatMigrationUri(parts)).toThrow(RangeError);
});
