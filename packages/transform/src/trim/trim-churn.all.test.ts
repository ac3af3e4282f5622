import { rmSync } from 'node:fs';
import { inTurn } from '@mapped-ram/fixtures';
import { findQemu, QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { findLinuxGuest } from '@mapped-ram/tool-qemu/linux-guest';
import { expect, it } from 'vitest';
import { transformFile } from '../files.js';
import { expectGoesOn, type LinuxMachine, save, withLinux } from '../testing/linux-guest.js';
import { useScratch } from '../testing/scratch.js';
import { trimToCopy } from './trim-to-copy.js';

const scratch = useScratch();
const MACHINE: LinuxMachine = { memoryMiB: 640, args: ['-machine', 'pc-q35-10.0'] };
const SAVES = 5;

/** Processes come and go, and memory is taken and given back, on both processors all the time. */
const CHURN = ['fill-memory 8', 'ls -l /proc/self /bin | sort > /mnt/list; rm /mnt/list'];

const guest = findLinuxGuest();
const missing = [guest, ...QEMU_VERSIONS.map((version) => findQemu(version))].find(
  (tool) => tool.kind === 'missing',
);

it.skipIf(missing !== undefined)(
  missing?.kind === 'missing'
    ? `missing tool: ${missing.reason}`
    : 'a guest that is saved amid churn goes on, each of five times, in either QEMU in turn',
  async () => {
    if (guest.kind === 'missing') return;
    const paths = Array.from({ length: SAVES }, (_, index) => scratch.path(`churn-${index}.mr`));
    await withLinux(guest, '10.0', MACHINE, async (booted) => {
      const { console, vm } = booted;
      for (const command of CHURN) await console.run(`while :; do ${command}; done >/dev/null 2>&1 &`);
      for (const path of paths) {
        // Something is done in between: the guest answers.
        await console.run('cat /proc/buddyinfo');
        await save(booted, path);
        // It is not done with the save when it says so.
        const state = async () => (await vm.qmp.execute<{ status: string }>('query-status')).status;
        await expect.poll(state).toBe('postmigrate');
        await vm.qmp.execute('cont');
      }
    });
    for (const [index, path] of paths.entries()) {
      const trimmed = scratch.path(`trimmed-${index}.mr`);
      const { report } = await transformFile({ input: path, output: trimmed }, (source, target) =>
        trimToCopy(source, target),
      );
      // A zone that was in the middle of a change is named and left.
      const agreeing = report.zones.filter(({ fault }) => fault === undefined);
      expect(agreeing.reduce((sum, zone) => sum + zone.droppedPages, 0)).toBe(report.droppedPages);
      await expectGoesOn(trimmed, path, [inTurn(QEMU_VERSIONS, index)], MACHINE);
      rmSync(trimmed);
    }
  },
);
