import { captureInfo, loadCapture } from '@mapped-ram/fixtures';
import { memorySource, openSnapshot } from '@mapped-ram/reader';
import { describe, expect, test } from 'vitest';
import { deriveCommand } from './derive-command.js';
import { formatDomain } from './libvirt-domain.js';
import { argumentsOfCommand, type MachineCommand } from './machine-command.js';

// QEMU takes the command line of every capture: captures.all.test.ts.

async function commandOf(id: string): Promise<MachineCommand> {
  const snapshot = await openSnapshot(await loadCapture(id), { streamOffset: captureInfo(id).streamOffset });
  return deriveCommand(snapshot);
}

const words = async (id: string): Promise<string> => argumentsOfCommand(await commandOf(id)).join(' ');

describe('the options of a capture', () => {
  test.each([
    ['qemu-11.1/q35-devices', '-smp 4 '],
    ['qemu-11.1/q35-devices', '-device pcie-root-port,id=pci-0,addr=1,port=0,chassis=1,slot=0'],
    [
      'qemu-11.1/q35-devices',
      '-device virtio-net-pci,bus=pci-0,addr=0,netdev=net1,mac=52:54:00:12:34:56,disable-legacy=on',
    ],
    ['qemu-11.1/q35-devices', '-device scsi-hd,bus=scsi1.0,channel=0,scsi-id=0,lun=0,drive=disk1'],
    ['qemu-11.1/q35-devices', '-device usb-kbd,bus=usb2.0,port=2'],
    ['qemu-11.1/pc-devices', '-device rtl8139,addr=3,netdev=net0,mac=52:54:00:12:34:56,romfile='],
    ['qemu-10.0/older-machine', 'id=pc.ram,size=8388608,x-use-canonical-path-for-ramblock-id=on'],
    ['qemu-10.0/dimm', '-m size=16384K,slots=2,maxmem=2097152K'],
    ['qemu-10.0/dimm', '-device pc-dimm,memdev=mem1'],
    ['qemu-10.0/numa', '-numa node,nodeid=1,memdev=ram-node1'],
    ['qemu-10.0/isapc', '-cpu 486'],
    ['qemu-10.0/aarch64-cortex-a57', '-cpu cortex-a57'],
    ['qemu-10.0/uuid', '-uuid 6d617070-6564-4d72-8d61-6d2d7261d400'],
    ['qemu-10.0/bare', '-global migration.send-section-footer=off'],
    ['qemu-11.1/virtio-mem', '-device virtio-mem-pci,addr=1,memdev=mem1'],
  ])('%s: %s', async (id, expected) => {
    expect(await words(id)).toContain(expected);
  });

  test.each([
    ['qemu-10.0/alpha-none', 'alpha'],
    ['qemu-10.0/tricore-none', 'tricore'],
    ['qemu-10.0/avr', 'avr'],
    ['qemu-10.0/cortex-m', 'arm'],
    ['qemu-10.0/riscv64-virt', 'riscv64'],
    ['qemu-10.0/aarch64-virt', 'aarch64'],
  ])('%s is of %s', async (id, target) => {
    expect((await commandOf(id)).target).toBe(target);
  });
});

test('what the file does not tell, and what has to be done, is told', async () => {
  const { unknown } = await commandOf('qemu-11.1/q35-devices');
  expect(unknown.join('\n')).toMatch(/usb-ptr is a usb-tablet: usb-mouse/);
  const { byHand } = await commandOf('qemu-11.1/ignore-shared');
  expect(byHand.join('\n')).toMatch(/microvm\.ram is not in the file/);
});

test.each(['pc,smm=off', 'pc\nx', 'q'.repeat(65)])('refuses a machine that is called %j', async (name) => {
  const bytes = await bytesOf('qemu-11.1/microvm');
  // The configuration begins behind magic and version: 0x07, the length, the name.
  const renamed = Buffer.concat([
    bytes.subarray(0, 9),
    lengthOf(name),
    Buffer.from(name),
    bytes.subarray(13 + 'microvm'.length),
  ]);
  const snapshot = await openSnapshot(memorySource(renamed), { tolerant: true });
  await expect(deriveCommand(snapshot)).rejects.toMatchObject({
    code: 'unsupported',
    path: 'configuration.machine',
  });
});

test('a domain for libvirt, in which every text is escaped', async () => {
  const xml = formatDomain(await commandOf('qemu-11.1/pc-devices'), `<a b='c'>&"--`);
  expect(xml).toContain('<name>&lt;a b=&apos;c&apos;&gt;&amp;&quot;--</name>');
  expect(xml).toContain("machine='pc-i440fx-11.1'");
  expect(xml).toContain("<memory unit='KiB'>16384</memory>");
  expect(xml).toContain("<mac address='52:54:00:12:34:57'/><model type='e1000'/>");
  expect(xml).toContain("<qemu:arg value='piix3-usb-uhci,id=usb1,addr=6'/>");
  expect(xml).not.toMatch(/<!--[^>]*--[^>]*-->/);
});

test('a domain leaves to libvirt what it has elements for, and tells it to add nothing', async () => {
  const nodes = formatDomain(await commandOf('qemu-11.1/numa'), 'numa');
  expect(nodes).toContain(
    "<cell id='0' cpus='0' memory='8192' unit='KiB'/><cell id='1' memory='6144' unit='KiB'/>",
  );
  expect(nodes).toContain("<memballoon model='none'/>");
  expect(nodes).not.toContain('memory-backend-ram');
  const devices = formatDomain(await commandOf('qemu-11.1/q35-devices'), 'devices');
  expect(devices).not.toContain("<memballoon model='none'/>");
  expect(devices).toContain("<controller type='usb' model='none'/>");
  expect(devices).not.toContain('<numa>');
  const board = formatDomain(await commandOf('qemu-11.1/microvm'), 'board');
  expect(board).toContain("<qemu:arg value='rtc=on'/>");
});

async function bytesOf(id: string): Promise<Buffer> {
  const image = await loadCapture(id);
  const bytes = Buffer.alloc(image.sizeBytes);
  await image.read(bytes, 0);
  return bytes;
}

function lengthOf(text: string): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Buffer.byteLength(text));
  return bytes;
}
