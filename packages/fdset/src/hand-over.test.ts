import { closeSync, constants, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { allOrLast } from '@mapped-ram/fixtures';
import { connectQmp, type QmpClient, QmpError } from '@mapped-ram/qmp';
import { findQemu, launchQemu, QEMU_VERSIONS, type QemuVm, saveMappedRam } from '@mapped-ram/tool-qemu';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkFdset } from './check-fdset.js';
import { addFdset, queryFdsets, removeFdset } from './hand-over.js';
import { inheritedArguments } from './inherited-arguments.js';
import { inspectDescriptors } from './inspect-descriptor.js';
import { formatMigrationUri, parseMigrationUri } from './migration-uri.js';
import { openFdset } from './open-fdset.js';

/** 64 KiB of memory, all of it in use. */
const BARE = [
  ...['-machine', 'none,memory-backend=ram', '-m', '64K', '-S'],
  ...['-object', 'memory-backend-file,id=ram,size=64K,mem-path=ram0,share=on'],
];
const fillMemory = (place: string): void => writeFileSync(join(place, 'ram0'), Buffer.alloc(64 * 1024, 1));
const W = constants.O_WRONLY | constants.O_CREAT;
const O_PATH = 0x200000;

let folder: string;
let opened: number[];
let vms: QemuVm[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mapped-ram-fdset-'));
  opened = [];
  vms = [];
});
afterEach(async () => {
  for (const fd of opened) closeSync(fd);
  for (const vm of vms) await vm.kill();
  rmSync(folder, { recursive: true });
});

const file = (name: string): string => join(folder, name);
function open(name: string, flags = W): number {
  const fd = openSync(file(name), flags, 0o600);
  opened.push(fd);
  return fd;
}

describe.each(allOrLast(QEMU_VERSIONS))('QEMU %s', (version) => {
  const program = findQemu(version);
  const missing = program.kind === 'missing' ? program.reason : undefined;
  if (missing !== undefined) console.warn(`skipped, missing tool: ${missing}`);

  async function start(...args: string[]): Promise<QemuVm> {
    const vm = await launchQemu({ version, args: [...BARE, ...args], prepare: fillMemory });
    vms.push(vm);
    return vm;
  }

  describe.skipIf(missing !== undefined)(
    missing === undefined ? 'takes sets' : `missing tool: ${missing}`,
    () => {
      test('saving with everything: opened, handed over, checked inside QEMU, removed', async () => {
        const { qmp, process: child, ...vm } = await start();
        const set = openFdset(file('vm.mr'), { role: 'save', multifd: true, directIo: true });
        const fdsetId = await addFdset(qmp, set.descriptors, { opaque: 'vm.mr' });
        set.close();
        const [held] = await queryFdsets(qmp);
        expect(held).toMatchObject({ fdsetId, descriptors: [{ opaque: 'vm.mr' }, { opaque: 'vm.mr' }] });

        const inside = inspectDescriptors(
          (held?.descriptors ?? []).map(({ fd }) => ({ pid: child.pid as number, fd })),
        );
        const check = checkFdset('save', { multifd: true, directIo: true }, inside);
        expect(check).toEqual({ outcome: 'works', taken: { main: 0, multifd: 1 }, findings: [] });

        const settings = {
          uri: formatMigrationUri({ fdsetId }),
          capabilities: ['multifd'],
          parameters: { 'multifd-channels': 2, 'direct-io': true },
        };
        expect(await saveMappedRam({ ...vm, qmp, process: child }, settings)).toEqual({ kind: 'completed' });
        await removeFdset(qmp, fdsetId);
        expect(await queryFdsets(qmp)).toEqual([]);
        expect(statSync(file('vm.mr')).size).toBeGreaterThan(0);
      });

      test('inherited: in their order, the last one is taken', async () => {
        const { args, stdio } = inheritedArguments([open('first'), open('second')], {
          fdsetId: 3,
          opaque: 'a,b',
        });
        const inherit = stdio.slice(3) as number[];
        const vm = await launchQemu({ version, args: [...BARE, ...args], inherit, prepare: fillMemory });
        vms.push(vm);
        expect(await queryFdsets(vm.qmp)).toMatchObject([
          { fdsetId: 3, descriptors: [{ opaque: 'a,b' }, { opaque: 'a,b' }] },
        ]);
        expect(await saveMappedRam(vm, { uri: 'file:/dev/fdset/3' })).toEqual({ kind: 'completed' });
        expect(statSync(file('first')).size).toBe(0);
        expect(statSync(file('second')).size).toBeGreaterThan(0);
        await removeFdset(vm.qmp, 3);
        expect(await queryFdsets(vm.qmp)).toEqual([]);
      });

      test('numbers of sets', async () => {
        const { qmp } = await start();
        const fd = open('vm.mr');
        expect(await addFdset(qmp, [fd], { fdsetId: 1 })).toBe(1);
        expect(await addFdset(qmp, [fd, fd])).toBe(0);
        expect(await addFdset(qmp, [fd])).toBe(2);
        expect(await addFdset(qmp, [fd], { fdsetId: 1 })).toBe(1);
        const counts = (await queryFdsets(qmp)).map(({ fdsetId, descriptors }) => [
          fdsetId,
          descriptors.length,
        ]);
        expect(counts.sort()).toEqual([
          [0, 2],
          [1, 2],
          [2, 1],
        ]);
        await expect(addFdset(qmp, [])).rejects.toThrow(RangeError);
        await expect(removeFdset(qmp, 9)).rejects.toThrow(QmpError);
      });

      test('when one cannot be sent, those before it are taken back', async () => {
        const { qmp } = await start();
        await expect(addFdset(qmp, [open('vm.mr'), 1_000_000])).rejects.toThrow('EBADF');
        expect(await queryFdsets(qmp)).toEqual([]);
        expect(await qmp.execute('query-status')).toMatchObject({ running: false });
      });

      test('a set that a migration uses is gone when the migration has ended', async () => {
        const vm = await start();
        const fdsetId = await addFdset(vm.qmp, [open('vm.mr')]);
        const saving = saveMappedRam(vm, {
          uri: formatMigrationUri({ fdsetId }),
          // It waits for a `migrate-continue`.
          capabilities: ['pause-before-switchover'],
          quietMs: Number.POSITIVE_INFINITY,
        });
        await vm.qmp.waitForEvent('MIGRATION', ({ data }) => data.status === 'pre-switchover');
        await expect(removeFdset(vm.qmp, fdsetId, { timeoutMs: 100 })).rejects.toMatchObject({
          code: 'qmp-timeout',
        });
        expect(await queryFdsets(vm.qmp)).toEqual([{ fdsetId, descriptors: [] }]);
        const removed = removeFdset(vm.qmp, fdsetId);
        await vm.qmp.execute('migrate_cancel');
        await removed;
        expect(await queryFdsets(vm.qmp)).toEqual([]);
        expect((await saving).kind).toBe('failed');
      });

      test('O_PATH: what the check says, and 11.1 hangs up while the guest lives on', async () => {
        const vm = await start('-incoming', 'defer');
        const descriptors = [open('vm.mr'), open('vm.mr', O_PATH)];
        expect(checkFdset('load', {}, inspectDescriptors(descriptors))).toMatchObject({
          outcome: 'refused',
          findings: [{ code: 'path-only', descriptorIndex: 1 }],
        });
        const added = addFdset(vm.qmp, descriptors);
        if (version === '11.1') {
          await expect(added).rejects.toMatchObject({ code: 'qmp-closed' });
          expect(vm.process.exitCode ?? vm.process.signalCode).toBe(null);
        } else {
          await expect(added).resolves.toBe(0);
        }
      });

      test.each([
        ...[
          'file:vm.mr',
          'file:a,b',
          'file:a,Offset=4',
          'file:a,offset=0',
          'file:a,offset= 4096',
          'file:a,offset=1.5k',
        ],
        ...[
          'file:a,offset=0x10',
          'file:/dev/fdset/0',
          'file:/dev/fdset/ +000',
          'vm.mr',
          'FILE:vm.mr',
          'file:',
        ],
        ...[
          'file:a,offset=',
          'file:a,offset=1,offset=2',
          'file:a,offset=1k,b',
          'file:a,offset=4KiB',
          'file:a,offset=-1',
        ],
        ...['file:a,offset=8E', 'file:/dev/fdset/0x', 'file:/dev/fdset/', 'file:/dev/fdset/-1'],
        ...['file:/dev/fdset/2147483648', 'file:/dev/fdset/0/', 'unix:socket', 'exec:cat'],
      ])('agrees on %s', async (uri) => {
        const vm = await start();
        await addFdset(vm.qmp, [open('vm.mr')]);
        const { kind } = await saveMappedRam(vm, { uri });
        const parse = () => parseMigrationUri(uri);
        if (kind === 'completed') expect(parse).not.toThrow();
        else expect(parse).toThrow(RangeError);
      });
    },
  );
});

test('descriptors do not travel over anything but a socket', async () => {
  const [near, far] = duplexPair();
  far.on('data', (chunk: Buffer) => far.write(`{"return": {}, "id": ${JSON.parse(chunk.toString()).id}}\n`));
  far.write(
    '{"QMP": {"version": {"qemu": {"major": 11, "minor": 1, "micro": 0}, "package": ""}, "capabilities": []}}\n',
  );
  const qmp: QmpClient = await connectQmp(near);
  await expect(addFdset(qmp, [0])).rejects.toThrow(TypeError);
  qmp.close();
});
