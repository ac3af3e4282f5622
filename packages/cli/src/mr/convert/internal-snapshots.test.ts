import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { allOrFew, onlyInAll, scratchParent } from '@mapped-ram/fixtures';
import {
  createMachineFiles,
  findQemu,
  hasProgram,
  launchDestination,
  launchQemu,
  type QemuVersion,
  type QemuVm,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main as lintMain } from '../../mr-lint/main.js';
import { memoryTerminal } from '../../testing/memory-terminal.js';
import { runMr } from '../../testing/run-mr.js';

const MIB = 1024 * 1024;
const MEMORY_BYTES = 2 * MIB;
const PAGE_BYTES = 4096;
const SNAPSHOTS = 5;

/** A machine of memory alone, which is a file. */
const machine = {
  target: 'x86_64',
  args: [
    ...['-nodefaults', '-machine', 'none,memory-backend=ram', '-m', '2M'],
    ...['-object', 'memory-backend-file,id=ram,size=2M,mem-path=ram0,share=on'],
  ],
  files: [],
  memory: [{ name: 'ram0', sizeBytes: MEMORY_BYTES }],
};

const missing = (['10.0', '11.1'] as const)
  .map((version) => findQemu(version))
  .find((program) => program.kind === 'missing');
const reason = missing?.kind === 'missing' ? missing.reason : undefined;

/** Memory that is another for each snapshot: pages that one sets are zero in the next. */
function memoryOf(snapshot: number): Buffer {
  const memory = Buffer.alloc(MEMORY_BYTES);
  for (let page = snapshot * 20; page < 300; page += snapshot + 2) {
    memory.fill(snapshot + 1, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
  }
  return memory;
}

function setMemory({ folder }: QemuVm, memory: Buffer): void {
  const file = openSync(join(folder, 'ram0'), 'r+');
  try {
    writeSync(file, memory, 0, memory.length, 0);
  } finally {
    closeSync(file);
  }
}

/** Starts a job and waits for its end. */
async function runJob(
  { qmp }: QemuVm,
  command: string,
  args: { tag: string } & Record<string, unknown>,
): Promise<void> {
  const id = `${command}-${args.tag}`;
  const concluded = qmp.waitForEvent<{ id: string; status: string }>(
    'JOB_STATUS_CHANGE',
    ({ data }) => data.id === id && data.status === 'concluded',
    { timeoutMs: Number.POSITIVE_INFINITY },
  );
  await qmp.execute(command, { 'job-id': id, ...args });
  await concluded;
  const jobs = await qmp.execute<readonly { id: string; error?: string }[]>('query-jobs');
  await qmp.execute('job-dismiss', { id });
  const error = jobs.find((job) => job.id === id)?.error;
  if (error !== undefined) throw new Error(error);
}

async function switchMappedRam({ qmp }: QemuVm, state: boolean): Promise<void> {
  await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'mapped-ram', state }] });
}

function launchWithDisk(version: QemuVersion, disk: string): Promise<QemuVm> {
  const node = `driver=qcow2,node-name=disk,file.driver=file,file.filename=${disk}`;
  return launchQemu({
    version,
    args: [...machine.args, '-blockdev', node],
    prepare: (folder) => createMachineFiles(machine, folder),
  });
}

const isMappedRam = (version: QemuVersion, snapshot: number) => version === '11.1' && snapshot % 2 === 0;

async function makeDisk(version: QemuVersion, disk: string, options: string): Promise<void> {
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-o', options, disk, '1M']);
  const vm = await launchWithDisk(version, disk);
  try {
    for (let snapshot = 0; snapshot < SNAPSHOTS; snapshot++) {
      setMemory(vm, memoryOf(snapshot));
      await switchMappedRam(vm, isMappedRam(version, snapshot));
      await runJob(vm, 'snapshot-save', { tag: `s${snapshot}`, vmstate: 'disk', devices: ['disk'] });
    }
    await vm.qmp.execute('quit');
    await vm.exit;
  } finally {
    await vm.kill();
  }
}

/** The timer's state is a time and zeros: some times look like the section's footer, and the zeros behind like the stream's end. */
async function setTimes(disk: string): Promise<void> {
  const image = readFileSync(disk);
  const state = Buffer.from('\x05timer\0\0\0\0\0\0\0\x02', 'latin1');
  let count = 0;
  for (let at = image.indexOf(state); at >= 0; at = image.indexOf(state, at + 1)) {
    image[at + state.length + 7] = 0x7e;
    count++;
  }
  expect(count).toBeGreaterThanOrEqual(SNAPSHOTS);
  writeFileSync(disk, image);
}

const isSkipped = reason !== undefined || !hasProgram('qemu-img');
const skipped = `missing tool: ${reason ?? 'qemu-img (qemu-utils)'}`;

const DISKS = allOrFew<readonly [QemuVersion, string]>(
  [
    ['11.1', 'cluster_size=65536'],
    ['11.1', 'cluster_size=512'],
    ['11.1', 'cluster_size=2M'],
    ['11.1', 'extended_l2=on,cluster_size=64k'],
    ['11.1', 'compression_type=zstd'],
    ['10.0', 'compat=0.10'],
  ],
  [['11.1', 'cluster_size=65536']],
);

describe.skipIf(isSkipped).each(DISKS)(
  isSkipped ? skipped : 'a disk of five snapshots by QEMU %s, with %s',
  (version, options) => {
    let folder = '';
    let disk = '';
    beforeAll(async () => {
      folder = mkdtempSync(join(scratchParent, 'internal-snapshots-'));
      disk = join(folder, 'disk.qcow2');
      await makeDisk(version, disk, options);
      if (!options.includes('cluster_size=512')) await setTimes(disk);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const canHaveBitmaps = !options.includes('compat=0.10');
    const bitmap = (action: string, image: string) =>
      execFileSync('qemu-img', ['bitmap', action, image, 'since']);

    it('is sound', () => {
      expect(execFileSync('qemu-img', ['check', disk], { encoding: 'utf8' })).toContain('No errors');
    });

    onlyInAll(it)('gives the memory that each snapshot has, and QEMU loads the same', async () => {
      const vm = await launchWithDisk(version, disk);
      try {
        // Into a guest that is stopped, QEMU 11.1 loads no zeros: what was in its memory stays under clear bits.
        for (let snapshot = 0; snapshot < SNAPSHOTS; snapshot++) {
          await vm.qmp.execute('cont');
          const name = `s${snapshot}`;
          const raw = join(folder, `${name}.raw`);
          const { status } = await runMr('extract', '--snapshot', name, '--block', 'ram', disk, '-o', raw);
          expect(status).toBe(0);
          expect(readFileSync(raw).equals(memoryOf(snapshot))).toBe(true);
          setMemory(vm, Buffer.alloc(MEMORY_BYTES, 0xff));
          await switchMappedRam(vm, isMappedRam(version, snapshot));
          await runJob(vm, 'snapshot-load', { tag: name, vmstate: 'disk', devices: ['disk'] });
          expect(readFileSync(join(vm.folder, 'ram0')).equals(memoryOf(snapshot))).toBe(true);
        }
      } finally {
        await vm.kill();
      }
    });

    it('is told the truth of each, though older ones lie under clear bits', async () => {
      for (let snapshot = 0; snapshot < SNAPSHOTS; snapshot++) {
        const { status, out } = await runMr(
          'info',
          '--deep',
          '--format',
          'json',
          '--snapshot',
          `s${snapshot}`,
          disk,
        );
        expect(status).toBe(0);
        const [info] = JSON.parse(out).files;
        expect(info.layout).toBe(isMappedRam(version, snapshot) ? 'mapped-ram' : 'classic');
      }
    });

    it('is restored by mr restore, which looks at what it takes out as mr preflight does', async () => {
      // With a dirty bitmap, with which QEMU would not load it.
      const image = join(folder, 'restored.qcow2');
      copyFileSync(disk, image);
      if (canHaveBitmaps) bitmap('--add', image);
      const waiting = { ...machine, args: [...machine.args, '-qmp', 'unix:mr.sock,server=on,wait=off'] };
      const vm = await launchDestination(waiting, { version: '10.0' });
      try {
        const how = ['--qmp', join(vm.folder, 'mr.sock'), '--snapshot', 's2'];
        const looked = await runMr('preflight', ...how, 'restore', image);
        expect(looked).toMatchObject({ status: 0, out: expect.stringContaining('works') });
        const { status, out, err } = await runMr('restore', ...how, image);
        expect({ status, out }).toMatchObject({ status: 0, out: expect.stringContaining('restored') });
        expect(err).toContain('snapshot s2 taken out into');
        expect(readFileSync(join(vm.folder, 'ram0')).equals(memoryOf(2))).toBe(true);
      } finally {
        await vm.kill();
      }
    });

    if (canHaveBitmaps)
      onlyInAll(it)('is loaded by no QEMU while it has a dirty bitmap, and mr-lint says so', async () => {
        const copy = join(folder, 'bitmaps.qcow2');
        copyFileSync(disk, copy);
        const lint = async () => {
          const terminal = memoryTerminal();
          const status = await lintMain(['--snapshot', 's2', copy], terminal, new AbortController().signal);
          return { status, out: terminal.out };
        };
        const load = async () => {
          const vm = await launchWithDisk(version, copy);
          try {
            await switchMappedRam(vm, isMappedRam(version, 2));
            await runJob(vm, 'snapshot-load', { tag: 's2', vmstate: 'disk', devices: ['disk'] });
          } finally {
            await vm.kill();
          }
        };
        bitmap('--add', copy);
        // The QEMU that is killed leaves the bitmap inconsistent.
        for (const state of ['consistent', 'inconsistent']) {
          await expect(load(), state).rejects.toThrow('Device has active dirty bitmaps');
          expect(await lint()).toMatchObject({ status: 1, out: expect.stringContaining('disk-has-bitmaps') });
        }
        bitmap('--remove', copy);
        await load();
        expect((await lint()).status).toBe(0);
      });

    it('is no place to save to, and says which snapshots it has where none is meant', async () => {
      expect((await runMr('preflight', '--snapshot', 's2', 'save', join(folder, 'out.mr'))).status).toBe(2);
      const { status, err } = await runMr('preflight', 'restore', disk);
      expect(status).toBe(2);
      expect(err).toContain('--snapshot NAME or ID says which is meant');
    });

    it.each(allOrFew([0, 1, 2, 3, 4], [2, 3]))(
      'gives a file of snapshot %d that QEMU 10.0 and 11.1 restore',
      async (snapshot) => {
        const taken = join(folder, `s${snapshot}.mr`);
        const made = await runMr('convert', '--snapshot', `s${snapshot}`, disk, taken);
        expect(made.err).toBe('');
        expect(existsSync(taken)).toBe(true);
        for (const restoring of ['10.0', '11.1'] as const) {
          const vm = await launchDestination(machine, { version: restoring });
          try {
            expect(await restoreMappedRam(vm, { uri: `file:${taken}` })).toEqual({ kind: 'completed' });
            expect(readFileSync(join(vm.folder, 'ram0')).equals(memoryOf(snapshot))).toBe(true);
          } finally {
            await vm.kill();
          }
        }
      },
    );
  },
);
