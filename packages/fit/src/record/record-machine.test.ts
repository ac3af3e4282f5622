import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import {
  findQemu,
  launchDestination,
  launchQemu,
  restoreMappedRam,
  saveMappedRam,
} from '@mapped-ram/tool-qemu';
import { describe, expect, test } from 'vitest';
import { deriveCommand } from '../command/derive-command.js';
import { argumentsOfCommand } from '../command/machine-command.js';
import { describeDestination } from '../describe-destination.js';
import { fitSnapshot } from '../fit-snapshot.js';
import { parseMachineRecord } from './machine-record.js';
import { recordMachine } from './record-machine.js';

const MACHINE = [
  ...[
    '-machine',
    'pc-q35-10.0',
    '-m',
    '32M',
    '-smp',
    '4,sockets=2,cores=2',
    '-cpu',
    'Nehalem',
    '-nodefaults',
  ],
  ...['-device', 'qemu-xhci,id=usb,addr=4', '-device', 'usb-mouse,bus=usb.0'],
  ...[
    '-blockdev',
    'null-co,node-name=d,size=1048576',
    '-device',
    'virtio-blk-pci,drive=d,addr=5,queue-size=64,id=disk',
  ],
  ...['-object', 'memory-backend-ram,id=extra,size=1M'],
];

const program = findQemu('11.1');
const missing = program.kind === 'missing' ? ` (missing tool: ${program.reason})` : '';

describe.skipIf(missing !== '')(`with QEMU 11.1${missing}`, () => {
  test('the record tells what the file does not, and the command line has it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mapped-ram-record-'));
    const path = join(folder, 'guest.mr');
    const vm = await launchQemu({ version: '11.1', args: [...MACHINE, '-S'] });
    try {
      const record = await recordMachine(vm.qmp);
      expect(parseMachineRecord(JSON.stringify(record))).toEqual(record);
      expect(record).toMatchObject({
        ...{ target: 'x86_64', machine: 'pc-q35-10.0', accelerator: 'tcg' },
        processors: { count: 4, model: 'Nehalem', topology: { sockets: 2, cores: 2, threads: 1 } },
        pci: expect.arrayContaining([expect.objectContaining({ slot: 5, id: 'disk' })]),
      });
      expect(record.qemu).toMatch(/^11\.1\./);
      expect(record.processors.features?.length).toBeGreaterThan(3);
      const disk = record.devices.find(({ id }) => id === 'disk');
      expect(disk).toMatchObject({ type: 'virtio-blk-pci', options: { drive: 'd', 'queue-size': 64 } });
      expect(record.objects).toContainEqual({
        type: 'memory-backend-ram',
        id: 'extra',
        options: expect.anything(),
      });
      expect((await saveMappedRam(vm, { uri: `file:${path}` })).kind).toBe('completed');

      const source = await openFileSource(path);
      const command = await deriveCommand(await openSnapshot(source), record);
      const args = argumentsOfCommand(command);
      expect(args.join(' ')).toContain('-smp 4,sockets=2,cores=2,threads=1');
      expect(args.join(' ')).toContain('-cpu Nehalem');
      expect(args.join(' ')).toContain('-device usb-mouse,');
      const destination = await launchDestination(
        { target: command.target, args, files: [] },
        { version: '11.1' },
      );
      try {
        const there = await describeDestination(destination.qmp);
        expect((await fitSnapshot(source, there, { record })).findings.map(({ code }) => code)).not.toContain(
          'processor-differs',
        );
        expect((await restoreMappedRam(destination, { uri: `file:${path}` })).kind).toBe('completed');
      } finally {
        await destination.kill();
      }
      const other = { ...record, processors: { ...record.processors, model: 'Skylake-Client' } };
      const report = await fitSnapshot(source, await describeDestination(vm.qmp), { record: other });
      const [finding] = report.findings.filter(({ code }) => code === 'processor-differs');
      expect(finding).toMatchObject({ outcome: 'restores', help: '-cpu Skylake-Client' });
      await source.close();
    } finally {
      await vm.kill();
      await rm(folder, { recursive: true });
    }
  });
});
