import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startClone } from '@mapped-ram/clone';
import { allOrLast, captureInfo, loadCapture, onlyInAll, scratchParent } from '@mapped-ram/fixtures';
import { connectQmp, type QmpClient } from '@mapped-ram/qmp';
import {
  createMachineFiles,
  findGuestDifference,
  findQemu,
  launchDestination,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MR_PATH } from '../../testing/programs.js';
import { runMr, runMrJson } from '../../testing/run-mr.js';

const CAPTURE = 'qemu-10.0/pc';
const LIVE_CAPTURE = 'qemu-10.0/live';

const qemu = findQemu('10.0');
const environment = { ...process.env, ...(qemu.kind === 'found' ? qemu.env : {}) };

let folder: string;
let temporary: string;
beforeAll(async () => {
  folder = mkdtempSync(join(scratchParent, 'mr-clone-'));
  temporary = join(folder, 'temporary');
  mkdirSync(temporary);
  await (await loadCapture(CAPTURE)).writeTo(join(folder, 'guest.mr'));
  for (const { name, sizeBytes } of captureInfo(CAPTURE).machine.files) {
    writeFileSync(join(folder, name), new Uint8Array(sizeBytes));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  said(): string;
}

function startMr(...args: string[]): Started {
  const child = spawn(process.execPath, [MR_PATH, 'clone', 'guest.mr', '--run', '--', ...args], {
    cwd: folder,
    env: { ...environment, TMPDIR: temporary },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, said: () => text };
}

/** And what `mr` ends with. */
const SIGNALS: readonly [NodeJS.Signals, number][] = [
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
];

describe.skipIf(qemu.kind === 'missing')(
  qemu.kind === 'missing' ? `missing tool: ${qemu.reason}` : 'mr clone --run with real QEMU',
  () => {
    // The very arguments of the VM that was saved, its memory backend among them.
    const command = (socket: string, capture = CAPTURE) =>
      qemu.kind === 'missing'
        ? []
        : [
            ...[qemu.file, ...qemu.args, '-no-user-config', '-display', 'none'],
            ...captureInfo(capture).machine.args,
            ...['-qmp', `unix:${socket},server=on,wait=off`],
          ];

    async function whenReady({ said }: Started, socket: string): Promise<QmpClient> {
      await expect.poll(said).toMatch(/the VM was ready after [\d.]+ ms\n/);
      return connectQmp(join(folder, socket));
    }

    it('lets the guest go on, and ends as QEMU ends, with nothing left', async () => {
      const started = startMr(...command('quit.qmp'));
      const qmp = await whenReady(started, 'quit.qmp');
      expect(await qmp.execute('query-status')).toMatchObject({ running: true, status: 'running' });
      expect(readdirSync(temporary)).toEqual([]);
      await qmp.execute('quit');
      expect(await started.ended).toBe(0);
      expect(started.said()).toContain('guest.mr can be written to');
    });

    it('ends QEMU at Ctrl-C', async () => {
      const started = startMr(...command('interrupt.qmp'));
      const qmp = await whenReady(started, 'interrupt.qmp');
      // Ends with the connection, whether QEMU still writes its last event or not.
      const connection = qmp.waitForEvent('none, until QEMU is gone').catch((error: unknown) => error);
      started.child.kill('SIGINT');
      expect(await started.ended).toBe(130);
      expect(await connection).toMatchObject({ code: 'qmp-closed' });
      await expect(connectQmp(join(folder, 'interrupt.qmp'))).rejects.toThrow(/ECONNREFUSED|ENOENT|broke/);
    });

    onlyInAll(it.each(allOrLast(SIGNALS)))(
      'ends QEMU when %s comes while it starts, and leaves nothing',
      async (signal, status) => {
        // It never says a word on QMP, so the signal comes while it is waited for.
        const started = startMr('sh', '-c', 'echo "pid $$" >&2; exec sleep 600');
        await expect.poll(started.said).toMatch(/^pid \d+$/m);
        const pid = Number(/^pid (\d+)$/m.exec(started.said())?.[1]);
        started.child.kill(signal);
        expect(await started.ended).toBe(status);
        expect(() => process.kill(pid, 0)).toThrow('ESRCH');
        expect(readdirSync(temporary)).toEqual([]);
      },
    );

    onlyInAll(it)(
      'shows the memory that was saved, once mr scrub took the stale bytes of a live save away',
      async () => {
        const { machine } = captureInfo(LIVE_CAPTURE);
        const live = join(folder, 'live.mr');
        await (await loadCapture(LIVE_CAPTURE)).writeTo(live);
        const restored = await launchDestination(machine, { version: '10.0' });
        try {
          expect(await restoreMappedRam(restored, { uri: `file:${live}` })).toEqual({ kind: 'completed' });
          expect((await runMr('clone', live, '-o', join(folder, 'live.clone'))).status).toBe(1);
          expect((await runMr('scrub', live)).status).toBe(0);
          const clone = await runMrJson('clone', live, '-o', join(folder, 'live.clone'));
          createMachineFiles(machine, folder);
          const [program = '', ...own] = command('live.qmp', LIVE_CAPTURE);
          const options = { stdio: 'ignore', cwd: folder, env: environment } as const;
          const vm = await startClone(clone, [program, ...own, '-S'], options);
          expect(await findGuestDifference(restored, vm)).toBeUndefined();
          await vm.qmp.execute('quit');
          expect(await vm.exit).toBe(0);
        } finally {
          await restored.kill();
        }
      },
    );

    it('says why QEMU did not start, and leaves nothing', async () => {
      const started = startMr(...command('refused.qmp'), '-m', '32M');
      expect(await started.ended).toBe(1);
      expect(started.said()).toMatch(/mr clone: QEMU (did not load the state|ended with status)/);
      expect(readdirSync(temporary)).toEqual([]);
    });
  },
);
