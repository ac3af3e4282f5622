import { execFile } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CHECKOUT_PATH, findQemu } from '@mapped-ram/tool-qemu';
import type { Contender } from './measure.js';
import { benchFolder, machineGib, machineSize } from './scale.js';
import {
  changedSnapshot,
  linuxSnapshot,
  machineSnapshot,
  terabyteSnapshot,
  usualMachine,
  usualSnapshot,
} from './snapshot-files.js';

const run = promisify(execFile);

/** A comparison: the last contender is the peer that the others are held against. */
export interface Bench {
  readonly name: string;
  readonly what: string;
  prepare(): Promise<readonly Contender[]>;
  /** Removes what the contenders left. */
  cleanUp?(): Promise<void>;
}

const mrLint = join(CHECKOUT_PATH, 'packages/cli/dist/bundle/mr-lint.js');
const mr = join(CHECKOUT_PATH, 'packages/cli/dist/bundle/mr.js');
/** On disk, and in memory, where nothing waits for a disk. */
const copied = join(benchFolder, 'copied.mr');
const copiedInMemory = '/dev/shm/mapped-ram-bench-copied.mr';
const packed = '/dev/shm/mapped-ram-bench-packed.zst';
const unpacked = '/dev/shm/mapped-ram-bench-unpacked.mr';
const drawn = join(benchFolder, 'map.png');
const cloned = join(benchFolder, 'clone');
const program = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/** All benches, in the order in which they run. */
export const benches: readonly Bench[] = [
  {
    name: 'deep',
    what: `mr-lint --deep of ${machineSize} against reading the file from end to end`,
    async prepare() {
      const path = await machineSnapshot();
      return [
        { name: 'mr-lint --deep', command: ['node', mrLint, '--deep', '--quiet', path] },
        { name: 'cat', command: ['cat', path] },
        { name: 'sequential read, 1 MiB at a time', command: ['node', program('sequential-read'), path] },
      ];
    },
  },
  {
    name: 'search',
    what: 'mr search of a Linux guest of 1 GiB, some 370 MiB of which are set, for what is not there, against mr-lint --deep',
    async prepare() {
      const path = await linuxSnapshot();
      const search = (...pattern: string[]): [string, ...string[]] => [
        'node',
        mr,
        'search',
        path,
        ...pattern,
      ];
      return [
        { name: 'mr search, text', command: search('nobody wrote this'), status: 1 },
        {
          name: 'mr search, an expression with text',
          command: search('-E', 'root:[^:]*:0:nobody'),
          status: 1,
        },
        {
          name: 'mr search, an expression without',
          command: search('-E', 'nobody wrote this|somebody wrote that'),
          status: 1,
        },
        { name: 'mr-lint --deep', command: ['node', mrLint, '--deep', '--quiet', path] },
      ];
    },
  },
  {
    name: 'channels',
    what: `mr-lint --deep of ${machineSize} with 2 channels against 2 threads that read the file`,
    async prepare() {
      const path = await machineSnapshot();
      return deepWithChannels([path]);
    },
  },
  {
    name: 'channels-4x',
    what: 'the same of the file four times over, so that starting up counts for less',
    async prepare() {
      const path = await machineSnapshot();
      return deepWithChannels([path, path, path, path]);
    },
  },
  ...[2, 4].map((channels) => loadBench(String(channels))),
  {
    name: 'quick',
    what: 'mr-lint of 1 TiB (32 MiB of bitmap) against starting up',
    async prepare() {
      const path = await terabyteSnapshot();
      return [
        { name: 'mr-lint', command: ['node', mrLint, '--quiet', path] },
        { name: 'mr-lint --version', command: ['node', mrLint, '--version'] },
      ];
    },
  },
  {
    name: 'copy',
    what: `mr copy and mr scrub of ${machineSize} into a new file, which is on disk when they end, against cp`,
    prepare: async () => copyContenders(await machineSnapshot(), copied),
    cleanUp: () => rm(copied, { force: true }),
  },
  {
    name: 'copy-in-memory',
    what: 'the same into a file system in memory',
    prepare: async () => copyContenders(await machineSnapshot(), copiedInMemory),
    cleanUp: () => rm(copiedInMemory, { force: true }),
  },
  {
    name: 'diff',
    what: `mr diff of two files of ${machineSize}, of which one byte of the last page differs, against cmp`,
    async prepare() {
      const paths = [await machineSnapshot(), await changedSnapshot()];
      return [
        { name: 'mr diff', command: ['node', mr, 'diff', ...paths], status: 1 },
        { name: 'cmp', command: ['cmp', ...paths], status: 1 },
      ];
    },
  },
  {
    name: 'fit',
    what: 'mr fit of a snapshot and a QEMU that it starts, against that QEMU, started and told to quit',
    async prepare() {
      const path = await usualSnapshot();
      const qemu = findQemu('10.0');
      if (qemu.kind === 'missing') throw new Error(qemu.reason);
      const settings = Object.entries(qemu.env).map(([name, value]) => `${name}=${value}`);
      const command = ['env', ...settings, qemu.file, ...qemu.args, ...usualMachine];
      const commands = '{"execute":"qmp_capabilities"}{"execute":"quit"}';
      const started = [...command, '-S', '-display', 'none', '-qmp', 'stdio'];
      return [
        { name: 'mr fit', command: ['node', mr, 'fit', path, '--', ...command] },
        {
          name: 'QEMU 10.0, to its first answer',
          command: ['sh', '-c', 'echo "$0" | "$@" >/dev/null', commands, ...started],
        },
      ];
    },
  },
  {
    name: 'pack',
    what: "mr pack of a Linux guest's snapshot of 1 GiB into a file in memory, against zstd",
    async prepare() {
      const path = await linuxSnapshot();
      return [
        {
          name: 'mr pack --channels 2',
          command: ['node', mr, 'pack', '-f', '--channels', '2', path, packed],
        },
        { name: 'zstd -1', command: ['zstd', '-1', '-qf', path, '-o', packed] },
        { name: 'mr seal', command: ['node', mr, 'seal', '-f', '-o', `${packed}.seal`, path] },
        { name: 'zstd -1 -T2', command: ['zstd', '-1', '-T2', '-qf', path, '-o', packed] },
      ];
    },
    cleanUp: removePacked,
  },
  {
    name: 'unpack',
    what: 'mr unpack of it into a file in memory, against zstd',
    async prepare() {
      const path = await linuxSnapshot();
      await run('node', [mr, 'pack', '-f', path, packed]);
      const before = ['rm', '-f', unpacked] as const;
      const unpack = (channels: string) =>
        ['node', mr, 'unpack', '-f', '--channels', channels, packed, unpacked] as const;
      return [
        { name: 'mr unpack --channels 1', command: [...unpack('1')], before },
        { name: 'mr unpack --channels 2', command: [...unpack('2')], before },
        { name: 'mr-lint --deep', command: ['node', mrLint, '--deep', '--quiet', packed] },
        { name: 'zstd -d', command: ['zstd', '-dqf', packed, '-o', unpacked], before },
      ];
    },
    cleanUp: removePacked,
  },
  {
    name: 'packed-sizes',
    what: "how small a Linux guest's snapshot of 1 GiB becomes, and how long that takes, by program",
    async prepare() {
      const path = await linuxSnapshot();
      const to = (script: string) => ['sh', '-c', `${script} >${packed}`] as const;
      const all: (Contender & { readonly needs: string })[] = [
        { needs: 'lz4', name: 'lz4', command: to(`lz4 -q -c ${path}`) },
        { needs: 'gzip', name: 'gzip, as libvirt does', command: to(`gzip -c ${path}`) },
        { needs: 'lzop', name: 'lzop, as libvirt does', command: to(`lzop -c ${path}`) },
        { needs: 'zstd', name: 'zstd, as libvirt does', command: to(`zstd -qc ${path}`) },
        {
          needs: 'qemu-img',
          name: 'qcow2 with zstd',
          command: [
            'qemu-img',
            'convert',
            '-c',
            '-O',
            'qcow2',
            '-o',
            'compression_type=zstd',
            '-f',
            'raw',
            path,
            packed,
          ],
        },
        { needs: 'zstd', name: 'zstd -1', command: to(`zstd -1 -qc ${path}`) },
        {
          needs: 'node',
          name: 'mr pack --level 3',
          command: ['node', mr, 'pack', '-f', '--level', '3', path, packed],
        },
        { needs: 'node', name: 'mr pack', command: ['node', mr, 'pack', '-f', path, packed] },
      ];
      const there: Contender[] = [];
      for (const { needs, ...contender } of all) {
        if (!(await isThere(needs))) {
          console.log(`  skipped: ${contender.name}: missing tool: ${needs}`);
          continue;
        }
        const [program, ...args] = contender.command;
        await run(program, args);
        const mib = ((await stat(packed)).size / 2 ** 20).toFixed(1);
        there.push({ ...contender, name: `${contender.name}: ${mib} MiB` });
      }
      return there;
    },
    cleanUp: removePacked,
  },
  {
    name: 'look',
    what: 'mr info, mr map and mr clone of 1 TiB (32 MiB of bitmap) against starting up',
    async prepare() {
      const path = await terabyteSnapshot();
      return [
        { name: 'mr info', command: ['node', mr, 'info', path] },
        { name: 'mr map', command: ['node', mr, 'map', path] },
        { name: 'mr map -o map.png', command: ['node', mr, 'map', path, '--force', '-o', drawn] },
        { name: 'mr clone', command: ['node', mr, 'clone', path, '--force', '-o', cloned] },
        { name: 'mr --version', command: ['node', mr, '--version'] },
      ];
    },
    async cleanUp() {
      await rm(drawn, { force: true });
      await rm(cloned, { recursive: true, force: true });
    },
  },
];

async function removePacked(): Promise<void> {
  for (const path of [packed, `${packed}.seal`, unpacked]) await rm(path, { force: true });
}

async function isThere(program: string): Promise<boolean> {
  return run('sh', ['-c', `command -v ${program}`]).then(
    () => true,
    () => false,
  );
}

/**
 * Takes as much memory as a copy has, and gives it back. In a virtual machine, memory that was free for two seconds is the host's, which gives it again
 * at a speed of its own, now this and then that: all are to find it there, as on a machine of metal.
 */
const fetchMemory = `head -c ${machineGib}G /dev/zero >/dev/shm/mapped-ram-bench-memory; rm /dev/shm/mapped-ram-bench-memory`;

/** Every one makes a new file, and starts when nothing is left to be written of the last one. */
function copyContenders(from: string, to: string): Contender[] {
  const before = ['sh', '-c', `rm -f ${to} && sync; ${fetchMemory}`] as const;
  const cp = `cp --sparse=always ${from} ${to}`;
  return [
    { name: 'mr copy --channels 2', command: ['node', mr, 'copy', '--channels', '2', from, to], before },
    { name: 'mr scrub --channels 2', command: ['node', mr, 'scrub', '--channels', '2', from, to], before },
    { name: 'cp --sparse=always', command: ['sh', '-c', cp], before },
    { name: 'cp --sparse=always, and sync', command: ['sh', '-c', `${cp} && sync ${to}`], before },
  ];
}

function deepWithChannels(paths: readonly string[]): Contender[] {
  return [
    {
      name: 'mr-lint --deep --channels 2',
      command: ['node', mrLint, '--deep', '--channels', '2', '--quiet', ...paths],
    },
    { name: 'two threads, 1 MiB at a time', command: ['node', program('parallel-read'), '2', ...paths] },
  ];
}

function loadBench(channels: string): Bench {
  return {
    name: `load-${channels}`,
    what: `all pages of ${machineSize} through ${channels} channels, against QEMU's restore with as many`,
    async prepare() {
      const path = await machineSnapshot();
      const timed = (name: string, script: string, ...args: string[]): Contender => ({
        name,
        command: ['node', program(script), channels, path, ...args],
        timesItself: true,
      });
      return [
        timed('read', 'load-by-channels', 'read'),
        timed('into new memory', 'load-by-channels', 'load'),
        timed('mapped, copy on write', 'load-by-channels', 'map'),
        timed('QEMU 10.0 with multifd', 'restore-by-qemu'),
      ];
    },
  };
}
