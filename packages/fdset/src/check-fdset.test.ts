import { expect, test } from 'vitest';
import { checkFdset } from './check-fdset.js';
import type { DescriptorFacts } from './descriptor-facts.js';

const writer: DescriptorFacts = {
  access: 'write',
  direct: false,
  synchronous: false,
  append: false,
  nonBlocking: false,
  pathOnly: false,
  position: 0,
  fileKind: 'regular',
  fileIdentity: '1:1',
};
const both = { multifd: true, directIo: true };
const messages = (descriptors: readonly DescriptorFacts[]) =>
  checkFdset('save', both, descriptors).findings.map(({ message, help }) => `${message} | ${help}`);

test('what dies is told as such, with what helps', () => {
  expect(messages([writer])).toEqual([
    'multifd finds no descriptor that is O_WRONLY | O_DIRECT: QEMU dies, and the guest with it' +
      ' | add one that is O_WRONLY | O_DIRECT (a second open of the file, not a duplicate), or switch direct-io off',
  ]);
});

test('what helps depends on the file system, and on duplicates', () => {
  expect(messages([{ ...writer, takesDirectIo: false }])[0]).toContain(
    'which the file system of this file does not allow: switch direct-io off',
  );
  expect(messages([writer, { ...writer, duplicateOf: 0 }])[0]).toContain('descriptor 1 is a duplicate of 0');
  expect(messages([{ ...writer, access: 'read-write' }])[0]).toContain('O_RDWR does not count as O_WRONLY');
});

test('the channels and their descriptors', () => {
  const direct = { ...writer, direct: true };
  expect(checkFdset('save', both, [direct, writer, direct]).taken).toEqual({ main: 1, multifd: 2 });
  expect(checkFdset('save', { multifd: true }, [writer, direct]).taken).toEqual({ main: 0, multifd: 0 });
  expect(checkFdset('save', {}, [writer]).taken).toEqual({ main: 0 });
  expect(checkFdset('save', both, [writer]).taken).toEqual({ main: 0 });
  expect(checkFdset('save', both, [direct]).taken).toEqual({});
});

test('a block device is for loading only', () => {
  const device: DescriptorFacts = { ...writer, fileKind: 'block-device' };
  expect(checkFdset('save', {}, [device]).outcome).toBe('refused');
  expect(checkFdset('load', {}, [{ ...device, access: 'read' }]).outcome).toBe('works');
});
