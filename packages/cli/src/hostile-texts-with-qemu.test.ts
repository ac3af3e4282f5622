import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allOrFew, allOrOneIn, scratchParent } from '@mapped-ram/fixtures';
import { idlingFirmware } from '@mapped-ram/tool-capture/guests';
import { findQemu, launchQemu, type QemuVm } from '@mapped-ram/tool-qemu';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { printable } from './shared/printable.js';
import { LANGUAGES } from './testing/hostile-orders.js';
import { harmlessTexts, type SnapshotTexts, writeHostileSnapshot } from './testing/hostile-snapshot.js';
import { runMr } from './testing/run-mr.js';

const qemu = findQemu('10.0');
const missing = qemu.kind === 'missing' ? ` (${qemu.reason})` : '';

const MACHINE = ['-nodefaults', '-machine', 'pc-i440fx-10.0', '-m', '16M'];
const PLACES: readonly (readonly (keyof SnapshotTexts)[])[] = [
  ['machine'],
  ['capability'],
  ['block'],
  ['section', 'description', 'subsection', 'value'],
];

describe.skipIf(qemu.kind === 'missing')(
  `orders in a file and in its name, where a QEMU runs${missing}`,
  () => {
    let parent: string;
    let folder: string;
    let vms: QemuVm[];
    const at = (name: string) => join(folder, name);

    async function start(socket: string, ...args: string[]): Promise<QemuVm> {
      const vm = await launchQemu({
        version: '10.0',
        args: [...MACHINE, '-bios', 'firmware.bin', '-qmp', `unix:${at(socket)},server=on,wait=off`, ...args],
        prepare: (place) => writeFileSync(join(place, 'firmware.bin'), idlingFirmware()),
      });
      vms.push(vm);
      return vm;
    }

    beforeAll(async () => {
      parent = mkdtempSync(join(scratchParent, 'hostile-qemu-'));
      folder = join(parent, 'inner/most');
      mkdirSync(folder, { recursive: true });
      vms = [];
      await start('runs.sock');
      await start('waits.sock', '-S', '-incoming', 'defer');
    });
    afterEach(() => {
      for (const name of readdirSync(folder))
        if (!name.endsWith('.sock')) rmSync(at(name), { recursive: true });
    });
    afterAll(async () => {
      for (const vm of vms) await vm.kill();
      rmSync(parent, { recursive: true });
    });

    async function run(...argv: string[]) {
      const result = await runMr(...argv);
      for (const line of (result.out + result.err).split('\n')) expect(line).toBe(printable(line));
      expect(result.err).not.toMatch(/a fault of|\bat .*:\d+:\d+/);
      return result;
    }

    /** Nothing came into being that was not asked for, and both QEMUs do what they did. */
    async function expectUnharmed(...names: readonly string[]): Promise<void> {
      expect(readdirSync(parent)).toEqual(['inner']);
      expect(readdirSync(join(parent, 'inner'))).toEqual(['most']);
      expect(readdirSync(folder).sort()).toEqual(['runs.sock', 'waits.sock', ...names].sort());
      const states = await Promise.all(vms.map(({ qmp }) => qmp.execute('query-status')));
      expect(states).toMatchObject([{ status: 'running' }, { status: 'inmigrate' }]);
    }

    const languages = Object.entries(LANGUAGES);
    describe.each(allOrFew(languages, languages.slice(0, 1)))('in the language of %s', (_, order) => {
      it.each(
        allOrOneIn(
          2,
          PLACES.map((places) => [places] as const),
        ),
      )('as %j, are none in a restore', async (places) => {
        const texts = { ...harmlessTexts, ...Object.fromEntries(places.map((place) => [place, order])) };
        await writeHostileSnapshot(at('hostile.mr'), texts);
        for (const command of [['preflight', 'restore'], ['restore'], ['fit']]) {
          const { status, out, err } = await run(...command, '--qmp', at('waits.sock'), at('hostile.mr'));
          expect(status, out + err).toBe(1);
          await run(...command, '--format', 'json', '--qmp', at('waits.sock'), at('hostile.mr'));
        }
        if (qemu.kind === 'found') {
          const env = Object.entries(qemu.env).map(([key, value]) => `${key}=${value}`);
          const words = ['env', ...env, qemu.file, ...qemu.args, ...MACHINE, '-display', 'none', '-S'];
          const { status, err } = await run('clone', '--run', at('hostile.mr'), '--', ...words);
          expect(status, err).toBe(1);
        }
        await expectUnharmed('hostile.mr');
      });

      it('are none in the name of a file that is saved', async () => {
        const name = `${order.replaceAll(/[\0/]/g, '_')}.mr`;
        await run('preflight', 'save', '--qmp', at('runs.sock'), at(name));
        const { status, err } = await run('save', '--keep-running', '--qmp', at('runs.sock'), at(name));
        expect(status, err).toBe(0);
        await expectUnharmed(name);
      });
    });
  },
);
