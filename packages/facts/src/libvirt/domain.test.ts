import { describe, expect, it } from 'vitest';
import { globalSwitchOf, privateFileBackends } from './domain.js';
import { parseDomain } from './parse-domain.js';
import { parseXml } from './xml-tree.js';

const XML = `<domain type='qemu' id='3' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>a &amp; b</name>
  <uuid>6d617070-6564-4d72-8d61-6d2d7261d402</uuid>
  <memory unit='MiB'>16</memory>
  <vcpu placement='static' current='2'>4</vcpu>
  <os><type arch='x86_64' machine='pc-q35-11.1'>hvm</type></os>
  <qemu:commandline>
    <qemu:arg value='-global'/>
    <qemu:arg value='migration.x-ignore-shared=on'/>
  </qemu:commandline>
</domain>
`;

describe('parseDomain', () => {
  it('reads what a stream can be held against', () => {
    expect(parseDomain(XML)).toMatchObject({
      name: 'a & b',
      uuid: '6d617070-6564-4d72-8d61-6d2d7261d402',
      architecture: 'x86_64',
      machine: 'pc-q35-11.1',
      memoryBytes: 16 * 2 ** 20,
      processors: 2,
      maxProcessors: 4,
      qemuArguments: ['-global', 'migration.x-ignore-shared=on'],
    });
  });

  it.each([
    ["<memory unit='KiB'>4</memory>", 4096],
    ['<memory>4</memory>', 4096],
    ["<memory unit='kB'>4</memory>", 4000],
    ["<memory unit='GB'>1</memory>", 10 ** 9],
    ["<memory unit='T'>1</memory>", 2 ** 40],
    ["<memory unit='furlong'>1</memory>", undefined],
    ['<memory>many</memory>', undefined],
    ["<memory unit='T'>99999999999999</memory>", undefined],
  ])('takes %s', (memory, bytes) => {
    expect(parseDomain(`<domain><name>n</name>${memory}</domain>`).memoryBytes).toBe(bytes);
  });

  it.each([
    ['<domain>', /unclosed tag|not closed/i],
    ['<domain><name/></domain>', 'missing name'],
    ['<network><name>n</name></network>', 'expecting <domain>'],
    ['<domain><name>&undeclared;</name></domain>', 'entity'],
    ['<domain><name>n</name></domain><domain/>', 'root'],
    ['<domain a="1" a="2"><name>n</name></domain>', /duplicate|twice/i],
  ])('refuses %s', (xml, words) => {
    expect(() => parseDomain(xml)).toThrow(words);
  });
});

describe('parseXml', () => {
  it('knows where elements are', () => {
    const root = parseXml(XML);
    expect(XML.slice(root.start, root.end)).toBe(XML.trim());
    for (const child of root.children) {
      expect(XML.slice(child.start, child.contentStart)).toMatch(new RegExp(`^<${child.name}[^<]*>$`));
      expect(XML.slice(child.contentEnd, child.end)).toBe(`</${child.name}>`);
    }
    const [arg] = root.children.at(-1)?.children ?? [];
    expect(XML.slice(arg?.start, arg?.end)).toBe("<qemu:arg value='-global'/>");
    expect(arg?.contentStart).toBe(arg?.end);
  });
});

describe('globalSwitchOf', () => {
  it.each([
    [['-global', 'migration.a=on'], true],
    [['-global', 'driver=migration,property=a,value=yes'], true],
    [['-global', 'migration.a=on', '-global', 'migration.a=off'], false],
    [['-global', 'other.a=on'], false],
    [['migration.a=on'], false],
    [['-global'], false],
  ])('%j: %s', (args, isOn) => {
    expect(globalSwitchOf(args, 'a')).toBe(isOn);
  });
});

describe('privateFileBackends', () => {
  it.each([
    [['-object', 'memory-backend-file,id=a,mem-path=/x,,y,share=off'], ['a']],
    [['-object', 'memory-backend-file,mem-path=/x,id=a'], ['a']],
    [['-object', 'memory-backend-file,id=a,mem-path=/x,share=on'], []],
    [['-object', 'memory-backend-ram,id=a'], []],
    [['memory-backend-file,id=a,mem-path=/x'], []],
  ])('%j: %j', (args, ids) => {
    expect([...privateFileBackends(args)]).toEqual(ids);
  });
});
