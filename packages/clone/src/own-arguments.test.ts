import { expect, it } from 'vitest';
import { staysStopped, withoutLibvirtsOwn, withoutReplaced } from './own-arguments.js';

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

it('leaves out of the arguments that libvirt logs what only libvirt can hand over', () => {
  const args = [
    ...['-name', 'guest=web,debug-threads=on', '-S'],
    ...['-object', '{"qom-type":"secret","id":"masterKey0","format":"raw","file":"/x/master-key.aes"}'],
    ...['-machine', 'q35', '-add-fd', 'set=0,fd=30,opaque=serial0'],
    ...['-chardev', 'socket,id=charmonitor,fd=28,server=on,wait=off'],
    ...['-mon', 'chardev=charmonitor,id=monitor,mode=control'],
    ...['-object', '{"qom-type":"monitor-qmp","id":"monitor","chardev":"charmonitor"}'],
    ...['-chardev', 'pty,id=charserial0', '-device', 'isa-serial,chardev=charserial0'],
  ];
  const { kept, leftOut } = withoutLibvirtsOwn(args);
  expect(kept).toEqual([
    ...['-name', 'guest=web,debug-threads=on', '-machine', 'q35'],
    ...['-chardev', 'pty,id=charserial0', '-device', 'isa-serial,chardev=charserial0'],
  ]);
  expect(leftOut.map((text) => text.split(' ')[0])).toEqual([
    ...['-S', '-object', '-add-fd', '-chardev', '-mon', '-object'],
  ]);
});

it('leaves the arguments of others alone', () => {
  const args = ['-S', '-add-fd', 'fd=3,set=1', '-chardev', 'socket,id=mon,fd=4', '-mon', 'chardev=mon'];
  expect(withoutLibvirtsOwn(args)).toEqual({ kept: args, leftOut: [] });
});
