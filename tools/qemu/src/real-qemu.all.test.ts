import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QmpError } from '@mapped-ram/qmp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findQemu } from './find-qemu.js';
import { installQemu } from './install-qemu.js';
import { launchQemu, QemuStartError } from './launch-qemu.js';
import { restoreMappedRam, saveMappedRam } from './migration.js';
import { QEMU_VERSIONS } from './qemu-version.js';

/** 64 KiB of memory in a file, and no device. */
const SMALLEST = [
  ...['-machine', 'none,memory-backend=ram', '-m', '64K', '-S'],
  ...['-object', 'memory-backend-file,id=ram,size=64K,mem-path=ram0,share=on'],
];

const MEMORY = Buffer.alloc(64 * 1024);
for (let page = 0; page < 16; page += 3) MEMORY.fill(page + 1, page * 4096, (page + 1) * 4096);

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'real-qemu-test-'));
});
afterAll(() => rm(scratch, { recursive: true }));

describe.each(QEMU_VERSIONS)('QEMU %s', (version) => {
  const program = findQemu(version);
  const missing = program.kind === 'missing' ? program.reason : undefined;
  if (missing !== undefined) console.warn(`skipped, missing tool: ${missing}`);

  describe.skipIf(missing !== undefined)(
    missing === undefined ? 'is there' : `missing tool: ${missing}`,
    () => {
      const start = (...more: string[]) =>
        launchQemu({
          version,
          args: [...SMALLEST, ...more],
          prepare: (folder) => {
            if (!more.includes('-incoming')) writeFileSync(join(folder, 'ram0'), MEMORY);
          },
        });

      async function saved(name: string): Promise<string> {
        const path = join(scratch, `${version}-${name}.mr`);
        const vm = await start();
        try {
          expect(await saveMappedRam(vm, { uri: `file:${path}` })).toEqual({ kind: 'completed' });
        } finally {
          await vm.kill();
        }
        return path;
      }

      test('installing it again finds it', async () => {
        const result = await installQemu(version);
        expect(['present', 'on-path']).toContain(result.kind);
      });

      test('is the version that was asked for', async () => {
        const vm = await start();
        try {
          const { major, minor } = vm.qmp.greeting.version;
          expect(`${major}.${minor}`).toBe(version);
          expect(await vm.qmp.execute('query-status')).toMatchObject({ status: 'prelaunch' });
        } finally {
          await vm.kill();
        }
        expect(existsSync(vm.folder)).toBe(false);
        expect(await vm.exit).toEqual({ code: null, signal: 'SIGKILL' });
      });

      test('a refused command is a QmpError with its class', async () => {
        const vm = await start();
        try {
          const error = await vm.qmp.execute('no-such-command').catch((reason: unknown) => reason);
          expect(error).toBeInstanceOf(QmpError);
          expect(error).toHaveProperty('errorClass', 'CommandNotFound');
        } finally {
          await vm.kill();
        }
      });

      test('arguments that it does not take are told with its own words', async () => {
        const error = await start('-no-such-option').catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(QemuStartError);
        expect(error).toHaveProperty('message', expect.stringContaining('-no-such-option'));
      });

      test.each([{}, { capabilities: ['multifd'], parameters: { 'multifd-channels': 2 } }])(
        'saves and restores the memory, with %o',
        async (settings) => {
          const path = await saved('round-trip');
          const vm = await start('-incoming', 'defer');
          try {
            expect(await restoreMappedRam(vm, { uri: `file:${path}`, ...settings })).toEqual({
              kind: 'completed',
            });
            expect(readFileSync(join(vm.folder, 'ram0')).equals(MEMORY)).toBe(true);
          } finally {
            await vm.kill();
          }
        },
      );

      test('a file that is cut off in a page is refused with a reason', async () => {
        const path = await saved('cut-off');
        truncateSync(path, 1024 * 1024 + 100);
        const vm = await start('-incoming', 'defer');
        try {
          const outcome = await restoreMappedRam(vm, { uri: `file:${path}` });
          expect(outcome).toMatchObject({ kind: 'failed', text: expect.stringMatching(/read|end-of-file/i) });
        } finally {
          await vm.kill();
        }
      });

      test('its death is told apart from a refusal', async () => {
        const path = join(scratch, `${version}-death.mr`);
        const vm = await start();
        try {
          // QEMU waits in the middle of the save, for a `migrate-continue`.
          const saving = saveMappedRam(vm, {
            uri: `file:${path}`,
            capabilities: ['pause-before-switchover'],
            quietMs: Number.POSITIVE_INFINITY,
          });
          const event = vm.qmp.waitForEvent('MIGRATION');
          await event;
          vm.process.kill('SIGSEGV');
          expect(await saving).toMatchObject({ kind: 'died', signal: 'SIGSEGV' });
          await expect(vm.qmp.execute('query-status')).rejects.toMatchObject({ code: 'qmp-closed' });
        } finally {
          await vm.kill();
        }
      });

      test.each(['process.exit(0)', "process.kill(process.pid, 'SIGTERM')"])(
        'nothing of it outlives its user, who ends by %s',
        async (end) => {
          const user = `
          import { launchQemu } from '@mapped-ram/tool-qemu';
          const vm = await launchQemu({ version: '${version}', args: ['-machine', 'none', '-S'] });
          console.log(JSON.stringify({ pid: vm.process.pid, folder: vm.folder }));
          ${end};
          setInterval(() => {}, 1000);`;
          const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', user], {
            cwd: import.meta.dirname,
            encoding: 'utf8',
          });
          const { pid, folder } = JSON.parse(stdout) as { pid: number; folder: string };
          await expect.poll(() => existsSync(`/proc/${pid}/exe`)).toBe(false);
          expect(existsSync(folder)).toBe(false);
        },
      );

      test('a migration that does not come to an end is hung', async () => {
        const vm = await start();
        try {
          const uri = `file:${join(scratch, `${version}-slow.mr`)}`;
          // QEMU waits for a `migrate-continue` that never comes.
          const capabilities = ['pause-before-switchover'];
          expect(await saveMappedRam(vm, { uri, capabilities, quietMs: 300 })).toEqual({ kind: 'hung' });
        } finally {
          await vm.kill();
        }
      });
    },
  );
});
