import { expect, test } from 'vitest';
import { inheritedArguments } from './inherited-arguments.js';

test('descriptors come behind what stdio has', () => {
  expect(inheritedArguments([17, 21], { fdsetId: 4 })).toEqual({
    args: ['-add-fd', 'fd=3,set=4', '-add-fd', 'fd=4,set=4'],
    stdio: ['ignore', 'ignore', 'pipe', 17, 21],
  });
  const { args, stdio } = inheritedArguments([17], {
    fdsetId: 0,
    opaque: 'a,b',
    stdio: ['ignore', 'inherit', 'inherit', 9],
  });
  expect(args).toEqual(['-add-fd', 'fd=4,set=0,opaque=a,,b']);
  expect(stdio).toEqual(['ignore', 'inherit', 'inherit', 9, 17]);
});

test('standard streams are not given away', () => {
  expect(() => inheritedArguments([5], { fdsetId: 0, stdio: ['ignore'] })).toThrow(RangeError);
});
