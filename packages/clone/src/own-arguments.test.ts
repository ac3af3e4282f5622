import { expect, it } from 'vitest';
import { staysStopped, withoutReplaced } from './own-arguments.js';

const ids = new Set(['pc.ram']);

it('leaves out what the clone brings: the memory backend and where the state comes from', () => {
  const args = [
    '-M',
    'q35',
    '-object',
    'memory-backend-ram,id=pc.ram,size=1G',
    '-incoming',
    'tcp:0:1',
    '-m',
    '1G',
  ];
  expect(withoutReplaced(args, ids)).toEqual(['-M', 'q35', '-m', '1G']);
});

it.each([
  '{"qom-type":"memory-backend-file","id":"pc.ram","mem-path":"/x"}',
  'memory-backend-file,mem-path=/with,,id=other,id=pc.ram',
  'qom-type=memory-backend-memfd,id=pc.ram',
])('knows the object %s', (object) => {
  expect(withoutReplaced(['--object', object], ids)).toEqual([]);
});

it.each([
  'memory-backend-ram,id=mem1,size=1G',
  'rng-random,id=pc.ram',
  '{"qom-type":"iothread","id":"pc.ram"}',
  '{broken',
  'memory-backend-file,mem-path=/x,,id=pc.ram,id=other',
])('keeps the object %s', (object) => {
  expect(withoutReplaced(['-object', object], ids)).toEqual(['-object', object]);
});

it('knows when the VM is to stay paused', () => {
  expect(staysStopped(['-m', '1G', '-S'])).toBe(true);
  expect(staysStopped(['-m', '1G', '-s'])).toBe(false);
});
