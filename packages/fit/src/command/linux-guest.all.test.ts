import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { launchDestination, restoreMappedRam, saveMappedRam } from '@mapped-ram/tool-qemu';
import { bootLinux, connectConsole, findLinuxGuest } from '@mapped-ram/tool-qemu/linux-guest';
import { describe, expect, test } from 'vitest';
import { describeDestination } from '../describe-destination.js';
import { fitSnapshot } from '../fit-snapshot.js';
import { deriveCommand } from './derive-command.js';
import { argumentsOfCommand } from './machine-command.js';

const guest = findLinuxGuest();
const missing = guest.kind === 'missing' ? ` (missing tool: ${guest.reason})` : '';

const DEVICES = [
  ...['-device', 'pcie-root-port,id=p,port=3,chassis=1,addr=4', '-device', 'virtio-rng-pci,bus=p'],
  ...['-netdev', 'user,id=n,restrict=on', '-device', 'e1000e,netdev=n,addr=5,romfile='],
  ...[
    '-blockdev',
    'null-co,node-name=d,size=8388608,read-zeroes=on',
    '-device',
    'virtio-blk-pci,drive=d,addr=6',
  ],
  ...['-device', 'virtio-balloon-pci,addr=7', '-device', 'VGA,addr=8', '-device', 'qemu-xhci,id=x,addr=9'],
  ...['-device', 'usb-kbd,bus=x.0,port=3'],
];

describe.skipIf(guest.kind === 'missing')(`a Linux guest${missing}`, () => {
  test.each(['10.0', '11.1'] as const)(
    'goes on in the machine that its file tells of, in QEMU %s',
    async (version) => {
      if (guest.kind === 'missing') return;
      const folder = await mkdtemp(join(tmpdir(), 'mapped-ram-command-linux-'));
      const path = join(folder, 'guest.mr');
      const machine = ['-machine', `pc-q35-${version}`, '-m', '192M'];
      const booted = await bootLinux(guest, { version, args: [...machine, ...DEVICES] });
      try {
        await booted.console.run('echo saved > /said');
        expect((await saveMappedRam(booted.vm, { uri: `file:${path}` })).kind).toBe('completed');
      } finally {
        await booted.kill();
      }
      const source = await openFileSource(path);
      try {
        const command = await deriveCommand(await openSnapshot(source));
        expect(command.byHand).toEqual([]);
        // All that is put in its place is the terminal, to talk to the guest.
        const serial = 'socket,id=char0,path=serial,server=on,wait=off';
        const args = argumentsOfCommand(command).map((word) => (word === 'null,id=char0' ? serial : word));
        expect(args).toContain(serial);
        const vm = await launchDestination({ target: command.target, args, files: [] }, { version });
        try {
          const fit = await fitSnapshot(source, await describeDestination(vm.qmp));
          expect(fit.findings.filter(({ outcome }) => outcome !== 'restores')).toEqual([]);
          expect(await restoreMappedRam(vm, { uri: `file:${path}` })).toEqual({ kind: 'completed' });
          const console = await connectConsole(vm.folder);
          await vm.qmp.execute('cont');
          expect(await console.run('cat /said')).toContain('saved');
          console.close();
        } finally {
          await vm.kill();
        }
      } finally {
        await source.close();
        await rm(folder, { recursive: true });
      }
    },
  );
});
