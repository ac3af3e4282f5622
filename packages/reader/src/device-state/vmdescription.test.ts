import { expect, it } from 'vitest';
import { findDevice, parseVmdescription } from './vmdescription.js';

const parse = (json: unknown) =>
  parseVmdescription(new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json)), 40);

const withField = (field: object) => ({ devices: [{ name: 'a', instance_id: 0, fields: [field] }] });

it('finds a device by idstr and instance', () => {
  const devices = [
    { name: 'a', instance_id: 0 },
    { name: 'a', instance_id: 1, version: 3 },
  ];
  expect(findDevice(parse({ devices }), 'a', 1)).toEqual(devices[1]);
  expect(findDevice(parse({ devices }), 'b', 0)).toBeUndefined();
});

it('finds the first device for any instance, but where a device answers to another number instead', () => {
  const devices = ['apic', 'apic', 'i8259'].map((name, instance_id) => ({ name, instance_id }));
  expect(findDevice(parse({ devices }), 'apic', 0xffffffff)).toEqual(devices[0]);
  expect(findDevice(parse({ devices }), 'i8259', 0xffffffff)).toBeUndefined();
});

it('takes the last of repeated keys, as lists have them', () => {
  const list = '{"name":"l","type":"qtailq","fields":[],"fields":[],"size":9}';
  const parsed = parse(`{"devices":[{"name":"a","instance_id":0,"fields":[${list}]}]}`);
  expect(parsed.devices[0]?.fields?.[0]?.size).toBe(9);
});

it.each([
  ['no JSON', '{"devices":[', 'vmdescription'],
  ['bytes that are no text', '\ud800{', 'vmdescription'],
  ['no object', '[]', 'vmdescription'],
  ['no devices', {}, 'vmdescription.devices'],
  ['a device without a name', { devices: [{ instance_id: 0 }] }, 'vmdescription.devices[0].name'],
  [
    'a negative size',
    withField({ name: 'f', type: 't', size: -1 }),
    'vmdescription.devices[0].fields[0].size',
  ],
  ['half a byte', withField({ name: 'f', type: 't', size: 0.5 }), 'vmdescription.devices[0].fields[0].size'],
  [
    'a huge size',
    '{"devices":[{"name":"a","instance_id":0,"fields":[{"name":"f","type":"t","size":1e300}]}]}',
    'vmdescription.devices[0].fields[0].size',
  ],
  [
    'a length that is none',
    withField({ name: 'f', type: 't', size: 1, array_len: '2' }),
    'vmdescription.devices[0].fields[0].array_len',
  ],
  [
    'a struct that is none',
    withField({ name: 'f', type: 't', size: 1, struct: 7 }),
    'vmdescription.devices[0].fields[0].struct',
  ],
  [
    'a subsection without a version',
    { devices: [{ name: 'a', instance_id: 0, subsections: [{ vmsd_name: 'a/b' }] }] },
    'vmdescription.devices[0].subsections[0].version',
  ],
])('refuses %s', (_, json, path) => {
  expect(() => parse(json)).toThrow(expect.objectContaining({ code: 'bad-vmdescription', path }));
});

it('refuses what is nested too deeply', () => {
  let struct: object = {};
  for (let depth = 0; depth < 1000; depth++) {
    struct = { fields: [{ name: 'f', type: 'struct', size: 0, struct }] };
  }
  expect(() => parse({ devices: [{ name: 'a', instance_id: 0, ...struct }] })).toThrow(
    expect.objectContaining({ code: 'limit-exceeded' }),
  );
  expect(() => parse('['.repeat(10_000_000))).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
});

it.each([
  ['objects', `[${'{},'.repeat(600_000)}{}]`],
  ['numbers', `[${'1,'.repeat(3_000_000)}1]`],
])('refuses too many %s before they are parsed', (_, json) => {
  expect(() => parse(json)).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
});

it('does not take brackets and commas in names for others', () => {
  const name = `${'[{,'.repeat(1000)}\\"]`;
  expect(parse({ devices: [{ name, instance_id: 0 }] }).devices[0]?.name).toBe(name);
});
