import { expect, test } from 'vitest';
import { MAX_RECORD_BYTES, type MachineRecord, parseMachineRecord } from './machine-record.js';

const good: MachineRecord = {
  ...{ format: 'mapped-ram-machine', version: 1, qemu: '10.0.13', target: 'x86_64', machine: 'pc-q35-10.0' },
  accelerator: 'tcg',
  processors: { count: 2, model: 'qemu64', topology: { sockets: 2 }, features: ['cpuid 0x1 ecx 0x80002001'] },
  devices: [{ type: 'e1000', id: 'net0', options: { addr: '04.0', multifunction: true, vectors: 3 } }],
  objects: [],
  pci: [{ bus: 0, slot: 4, fn: 0, vendor: 0x8086, device: 0x100e, class: 0x200, id: 'net0' }],
  disks: [{ device: '/machine/peripheral/d', file: '/vms/a.qcow2', format: 'qcow2', sizeBytes: 1024 }],
  file: { sizeBytes: 4096, digest: `sha256:${'0'.repeat(64)}` },
};

test('reads what was written, and leaves out what it does not know', () => {
  expect(parseMachineRecord(JSON.stringify({ ...good, more: 1 }))).toEqual(good);
});

test.each<[what: string, json: string, path?: string]>([
  ['nothing', ''],
  ['null', 'null'],
  ['a number', '7'],
  ['another format', '{"format":"mapped-ram-destination","version":1}'],
  ['a later version', JSON.stringify({ ...good, version: 2 })],
  ['no devices', JSON.stringify({ ...good, devices: undefined }), 'record.devices'],
  ['a machine with options behind it', JSON.stringify({ ...good, machine: 'pc,smm=off' }), 'record.machine'],
  ['a model with options behind it', changed({ model: 'qemu64,+vmx' }), 'record.processors.model'],
  ['a model that begins as an option', changed({ model: '-S' }), 'record.processors.model'],
  ['a negative count', changed({ count: -1 }), 'record.processors.count'],
  [
    'a topology of texts',
    changed({ topology: { sockets: '2,maxcpus=9' } }),
    'record.processors.topology.sockets',
  ],
  [
    'a type with options behind it',
    withDevice({ type: 'e1000,romfile=/etc/passwd' }),
    'record.devices[0].type',
  ],
  ['an option that is a tree', withDevice({ options: { a: { b: 1 } } }), 'record.devices[0].options.a'],
  ['an option whose name is none', withDevice({ options: { 'a=b': 1 } }), 'record.devices[0].options'],
  ['a NUL', JSON.stringify({ ...good, firmware: 'a\0b' }), 'record.firmware'],
  ['a long text', JSON.stringify({ ...good, firmware: 'a'.repeat(5000) }), 'record.firmware'],
  ['many disks', JSON.stringify({ ...good, disks: Array(5000).fill({ device: 'd' }) }), 'record.disks'],
  [
    'another digest',
    JSON.stringify({ ...good, file: { sizeBytes: 1, digest: 'md5:0' } }),
    'record.file.digest',
  ],
  ['a deep tree', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['a long file', `"${'a'.repeat(MAX_RECORD_BYTES)}"`],
])('refuses %s', (_, json, path) => {
  const error = thrownBy(() => parseMachineRecord(json));
  expect(error).toMatchObject({ code: 'bad-machine-record', ...(path !== undefined && { path }) });
});

test('an option called __proto__ changes nothing', () => {
  const json = JSON.stringify(good).replace('"addr"', '"__proto__"');
  const [device] = parseMachineRecord(json).devices;
  expect(Object.getPrototypeOf(device?.options)).toBe(Object.prototype);
});

function changed(processors: object): string {
  return JSON.stringify({ ...good, processors: { ...good.processors, ...processors } });
}

function withDevice(device: object): string {
  return JSON.stringify({ ...good, devices: [{ type: 'e1000', options: {}, ...device }] });
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
