import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allOrLast, allOrOneIn } from '@mapped-ram/fixtures';
import {
  findQemu,
  launchQemu,
  type MigrationOutcome,
  QEMU_VERSIONS,
  type QemuVersion,
  type QemuVm,
  restoreMappedRam,
  saveMappedRam,
} from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkFdset, type FdsetCheck, type FdsetOptions } from './check-fdset.js';
import type { FdsetFindingCode, FdsetOutcome } from './finding.js';
import { addFdset, queryFdsets, removeFdset } from './hand-over.js';
import { inspectDescriptors } from './inspect-descriptor.js';
import { formatMigrationUri } from './migration-uri.js';
import type { FdsetRole } from './wanted.js';

const { O_APPEND, O_CREAT, O_DIRECT, O_DSYNC, O_NONBLOCK, O_RDWR, O_SYNC } = constants;
const W = constants.O_WRONLY | O_CREAT;
const R = constants.O_RDONLY;
const PAGE = 4096;
const FIRST_PAGES_OFFSET = 1024 * 1024;

const MEMORY = Buffer.alloc(16 * PAGE);
for (let page = 0; page < 16; page += 3) MEMORY.fill(page + 1, page * PAGE, (page + 1) * PAGE);

/** One case in so many is put to each version while somebody waits. */
const SHARE = 5;

const plain: FdsetOptions = {};
const direct: FdsetOptions = { directIo: true };
const multifd: FdsetOptions = { multifd: true };
const both: FdsetOptions = { multifd: true, directIo: true };

let folder: string;
const file = (name: string): string => join(folder, name);
const open = (flags: number, name = 'main'): number => openSync(file(name), flags, 0o600);
const twice = (fd: number): number[] => [fd, fd];

/** Opened anew, then moved on. Writing to move leaves bytes in the file that QEMU must not keep. */
const writtenTo = (flags: number, position: number): number => {
  const fd = open(flags);
  writeSync(fd, Buffer.alloc(position, 0x55));
  return fd;
};
const readTo = (flags: number, position: number): number => {
  const fd = open(flags);
  readSync(fd, Buffer.alloc(position), 0, position, null);
  return fd;
};
const pipeWithStream = (): number => {
  execFileSync('mkfifo', [file('pipe')]);
  const ends = openSync(file('pipe'), O_RDWR);
  writeSync(ends, readFileSync(file('main')), 0, 40_000);
  const fd = open(R, 'pipe');
  closeSync(ends);
  return fd;
};

interface Case {
  readonly title: string;
  readonly options: FdsetOptions;
  readonly descriptors: () => number[];
  readonly outcome: FdsetOutcome;
  readonly codes: readonly FdsetFindingCode[];
  /** Which file the stream is in, when it is in one. */
  readonly streamIn: string;
}

const on = (
  options: FdsetOptions,
  title: string,
  descriptors: () => number[],
  outcome: FdsetOutcome,
  codes: readonly FdsetFindingCode[] = [],
  streamIn = 'main',
): Case => ({ title, options, descriptors, outcome, codes, streamIn });

const SAVES: readonly Case[] = [
  on(plain, 'O_WRONLY', () => [open(W)], 'works'),
  on(plain, 'O_RDWR', () => [open(O_RDWR | O_CREAT)], 'refused', ['no-main-descriptor']),
  on(plain, 'O_RDONLY', () => [open(O_CREAT)], 'refused', ['no-main-descriptor']),
  on(plain, 'O_DIRECT alone', () => [open(W | O_DIRECT)], 'refused', ['no-main-descriptor']),
  on(plain, 'O_APPEND', () => [open(W | O_APPEND)], 'works', ['flags-changed']),
  on(plain, 'O_NONBLOCK', () => [open(W | O_NONBLOCK)], 'works', ['flags-changed']),
  on(plain, 'O_SYNC', () => [open(W | O_SYNC)], 'refused', ['synchronous']),
  on(plain, 'O_DSYNC', () => [open(W | O_DSYNC)], 'refused', ['synchronous']),
  on(plain, 'no descriptor', () => [], 'refused', ['empty-set']),
  on(plain, 'a position', () => [writtenTo(W, 100)], 'misplaced', ['not-at-start']),
  on({ byteOffset: PAGE }, 'a position and an offset', () => [writtenTo(W, 5000)], 'works'),
  on({ byteOffset: 100 }, 'an offset', () => [open(W)], 'works'),
  on(plain, 'a device', () => [openSync('/dev/null', constants.O_WRONLY)], 'refused', ['not-a-file']),
  on(plain, 'the newest of two files', () => [open(W), open(W, 'other')], 'works', ['unused'], 'other'),
  on(multifd, 'O_WRONLY', () => [open(W)], 'works'),
  on(multifd, 'O_RDWR', () => [open(O_RDWR | O_CREAT)], 'refused', ['no-main-descriptor']),
  on(multifd, 'O_SYNC', () => [open(W | O_SYNC)], 'refused', ['synchronous']),
  on(multifd, 'O_APPEND', () => [open(W | O_APPEND)], 'works', ['flags-changed']),
  on(multifd, 'one too many', () => [open(W), open(W | O_DIRECT)], 'works', ['unused']),
  on(multifd, 'a position', () => [writtenTo(W, 100)], 'misplaced', ['not-at-start']),
  on(multifd, 'a device', () => [openSync('/dev/null', constants.O_WRONLY)], 'refused', ['not-a-file']),
  on(direct, 'without multifd', () => [open(W)], 'works', ['direct-io-ignored']),
  on(direct, 'without multifd', () => [open(W | O_DIRECT)], 'refused', [
    'no-main-descriptor',
    'direct-io-ignored',
  ]),
  on(both, 'both', () => [open(W), open(W | O_DIRECT)], 'works'),
  on(both, 'both, the other way round', () => [open(W | O_DIRECT), open(W)], 'works'),
  on({ ...both, byteOffset: 100 }, 'both, an offset', () => [open(W), open(W | O_DIRECT)], 'works'),
  on(both, 'both, O_APPEND', () => [open(W), open(W | O_DIRECT | O_APPEND)], 'works', ['flags-changed']),
  on(both, 'no O_DIRECT', () => [open(W)], 'crashes', ['no-multifd-descriptor']),
  on(both, 'O_DIRECT alone', () => [open(W | O_DIRECT)], 'refused', ['no-main-descriptor']),
  on(both, 'O_RDWR | O_DIRECT', () => [open(W), open(O_RDWR | O_DIRECT)], 'crashes', [
    'no-multifd-descriptor',
  ]),
  on(both, 'O_DIRECT | O_SYNC', () => [open(W), open(W | O_DIRECT | O_SYNC)], 'crashes', ['synchronous']),
  on(both, 'a duplicate', () => twice(open(W)), 'crashes', ['no-multifd-descriptor']),
  on(both, 'a duplicate, O_DIRECT', () => twice(open(W | O_DIRECT)), 'refused', ['no-main-descriptor']),
  on(both, 'two files', () => [open(W), open(W | O_DIRECT, 'other')], 'misplaced', ['different-files']),
  on(both, 'a position', () => [writtenTo(W, 100), open(W | O_DIRECT)], 'misplaced', ['not-at-start']),
];

/** `main` and `other` are snapshots with different pages, `shifted` is one at an offset. */
const LOADS: readonly Case[] = [
  on(plain, 'O_RDONLY', () => [open(R)], 'works'),
  on(plain, 'O_RDWR', () => [open(O_RDWR)], 'refused', ['no-main-descriptor']),
  on(plain, 'O_WRONLY', () => [open(W)], 'refused', ['no-main-descriptor']),
  on(plain, 'O_DIRECT alone', () => [open(R | O_DIRECT)], 'refused', ['no-main-descriptor']),
  on(plain, 'O_APPEND', () => [open(R | O_APPEND)], 'works', ['flags-changed']),
  on(plain, 'O_NONBLOCK', () => [open(R | O_NONBLOCK)], 'works', ['flags-changed']),
  on(plain, 'O_SYNC', () => [open(R | O_SYNC)], 'refused', ['synchronous']),
  on(plain, 'no descriptor', () => [], 'refused', ['empty-set']),
  on(plain, 'a position', () => [readTo(R, 100)], 'misplaced', ['not-at-start']),
  on({ byteOffset: PAGE }, 'an offset', () => [open(R, 'shifted')], 'works', [], 'shifted'),
  on(plain, 'a directory', () => [openSync(folder, R)], 'refused', ['not-a-file']),
  on(plain, 'a pipe', () => [pipeWithStream()], 'refused', ['not-a-file']),
  on(plain, 'the newest of two files', () => [open(R, 'other'), open(R)], 'works', ['unused']),
  on(multifd, 'O_RDONLY', () => [open(R)], 'works'),
  on(multifd, 'O_RDWR', () => [open(O_RDWR)], 'refused', ['no-main-descriptor']),
  on(multifd, 'one too many', () => [open(R), open(R | O_DIRECT)], 'works', ['unused']),
  on(direct, 'without multifd', () => [open(R)], 'works', ['direct-io-ignored']),
  on(direct, 'without multifd', () => [open(R | O_DIRECT)], 'refused', [
    'no-main-descriptor',
    'direct-io-ignored',
  ]),
  on(both, 'both', () => [open(R), open(R | O_DIRECT)], 'works'),
  on(both, 'both, the other way round', () => [open(R | O_DIRECT), open(R)], 'works'),
  on(both, 'no O_DIRECT', () => [open(R)], 'refused', ['no-multifd-descriptor']),
  on(both, 'O_DIRECT alone', () => [open(R | O_DIRECT)], 'refused', ['no-main-descriptor']),
  on(both, 'O_WRONLY | O_DIRECT', () => [open(R), open(W | O_DIRECT)], 'refused', ['no-multifd-descriptor']),
  on(both, 'O_DIRECT | O_SYNC', () => [open(R), open(R | O_DIRECT | O_SYNC)], 'refused', ['synchronous']),
  on(both, 'a duplicate', () => twice(open(R)), 'refused', ['no-multifd-descriptor']),
  on(both, 'two files', () => [open(R), open(R | O_DIRECT, 'other')], 'misplaced', ['different-files']),
];

const settings = (options: FdsetOptions, uri: string) => ({
  uri,
  capabilities: options.multifd ? ['multifd'] : [],
  parameters: {
    ...(options.multifd && { 'multifd-channels': 2 }),
    ...(options.directIo && { 'direct-io': true }),
  },
});

const start = (
  version: QemuVersion,
  role: FdsetRole,
  inherit?: readonly number[],
  args: readonly string[] = [],
) =>
  launchQemu({
    version,
    args: [
      ...['-machine', 'none,memory-backend=ram', '-m', '64K', '-S'],
      ...['-object', 'memory-backend-file,id=ram,size=64K,mem-path=ram0,share=on'],
      ...(role === 'load' ? ['-incoming', 'defer'] : []),
      ...args,
    ],
    ...(inherit && { inherit }),
    prepare: (place) => {
      if (role === 'save') writeFileSync(join(place, 'ram0'), MEMORY);
    },
  });

const isMemoryRight = (vm: QemuVm): boolean => readFileSync(join(vm.folder, 'ram0')).equals(MEMORY);

/** Whether QEMU restores the saved memory from that file, in the plainest way. */
async function restores(version: QemuVersion, path: string, byteOffset = 0): Promise<boolean> {
  const vm = await start(version, 'load');
  try {
    const { kind } = await restoreMappedRam(vm, { uri: formatMigrationUri({ path, byteOffset }) });
    return kind === 'completed' && isMemoryRight(vm);
  } finally {
    await vm.kill();
  }
}

async function savePlainly(version: QemuVersion, path: string, byteOffset = 0): Promise<void> {
  const vm = await start(version, 'save');
  try {
    const outcome = await saveMappedRam(vm, { uri: formatMigrationUri({ path, byteOffset }) });
    expect(outcome).toEqual({ kind: 'completed' });
  } finally {
    await vm.kill();
  }
}

/** Hands the set over, migrates, takes it back, and says what QEMU did in the words of the check. */
async function ask(
  vm: QemuVm,
  role: FdsetRole,
  options: FdsetOptions,
  descriptors: readonly number[],
  check: FdsetCheck,
): Promise<MigrationOutcome['kind']> {
  const fdsetId = descriptors.length === 0 ? 0 : await addFdset(vm.qmp, descriptors);
  const uri = formatMigrationUri({ fdsetId, byteOffset: options.byteOffset ?? 0 });
  const migrate = role === 'save' ? saveMappedRam : restoreMappedRam;
  const outcome = await migrate(vm, settings(options, uri));
  if (check.outcome === 'crashes') {
    // The error may come in just before the end.
    expect(await vm.exit).toEqual({ code: null, signal: 'SIGSEGV' });
    return 'died';
  }
  if (descriptors.length > 0) await removeFdset(vm.qmp, fdsetId);
  expect(await queryFdsets(vm.qmp)).toEqual([]);
  const { qemuError } = check.findings.find((finding) => finding.outcome !== 'works') ?? {};
  if (qemuError !== undefined) expect(outcome).toMatchObject({ text: expect.stringContaining(qemuError) });
  return outcome.kind;
}

/** That the check names the descriptor which QEMU took. */
function expectTaken(descriptors: readonly number[], { taken }: FdsetCheck, streamIn: string): void {
  const fd = descriptors[taken.main ?? -1] ?? -1;
  expect(fstatSync(fd).ino).toBe(statSync(file(streamIn)).ino);
}

describe.each(allOrLast(QEMU_VERSIONS))('QEMU %s', (version) => {
  const program = findQemu(version);
  const missing = program.kind === 'missing' ? program.reason : undefined;
  if (missing !== undefined) console.warn(`skipped, missing tool: ${missing}`);

  describe.skipIf(missing !== undefined)(
    missing === undefined ? 'does what the check says' : `missing tool: ${missing}`,
    () => {
      let snapshots: string;
      beforeAll(async () => {
        snapshots = mkdtempSync(join(tmpdir(), 'mapped-ram-fdset-'));
        await savePlainly(version, join(snapshots, 'main'));
        await savePlainly(version, join(snapshots, 'shifted'), PAGE);
        copyFileSync(join(snapshots, 'main'), join(snapshots, 'other'));
        const other = openSync(join(snapshots, 'other'), 'r+');
        writeSync(other, Buffer.alloc(PAGE, 0xee), 0, PAGE, FIRST_PAGES_OFFSET);
        closeSync(other);
      });
      afterAll(() => rmSync(snapshots, { recursive: true, force: true }));

      async function withDescriptors(
        { options, descriptors: openAll, outcome, codes }: Case,
        role: FdsetRole,
        use: (vm: QemuVm, descriptors: readonly number[], check: FdsetCheck) => Promise<void>,
      ): Promise<void> {
        folder = mkdtempSync(join(tmpdir(), 'mapped-ram-fdset-'));
        let descriptors: number[] = [];
        let vm: QemuVm | undefined;
        try {
          if (role === 'load') {
            for (const name of ['main', 'shifted', 'other']) copyFileSync(join(snapshots, name), file(name));
          }
          descriptors = openAll();
          const check = checkFdset(role, options, inspectDescriptors(descriptors));
          expect(check.outcome).toBe(outcome);
          expect(check.findings.map(({ code }) => code)).toEqual(codes);
          vm = await start(version, role);
          await use(vm, descriptors, check);
        } finally {
          for (const fd of new Set(descriptors)) closeSync(fd);
          await vm?.kill();
          rmSync(folder, { recursive: true });
        }
      }

      test.each(allOrOneIn(SHARE, SAVES, QEMU_VERSIONS.indexOf(version)))(
        'saving, $title with $options',
        (one) =>
          withDescriptors(one, 'save', async (vm, descriptors, check) => {
            const { options, streamIn } = one;
            const kind = await ask(vm, 'save', options, descriptors, check);
            if (check.outcome === 'crashes') return;
            if (check.outcome === 'refused') {
              expect(kind).toBe('failed');
              // The guest is whole, and the next attempt succeeds.
              const again = {
                ...settings(plain, `file:${file('again')}`),
                parameters: { 'direct-io': false },
              };
              expect(await saveMappedRam(vm, again)).toEqual({ kind: 'completed' });
              expect(await restores(version, file('again'))).toBe(true);
              return;
            }
            expect(kind).toBe('completed');
            const isRight = await restores(version, file(streamIn), options.byteOffset);
            if (isRight) expectTaken(descriptors, check, streamIn);
            expect(isRight).toBe(check.outcome === 'works');
          }),
      );

      test.each(allOrOneIn(SHARE, LOADS, QEMU_VERSIONS.indexOf(version)))(
        'loading, $title with $options',
        (one) =>
          withDescriptors(one, 'load', async (vm, descriptors, check) => {
            const kind = await ask(vm, 'load', one.options, descriptors, check);
            const isRight = kind === 'completed' && isMemoryRight(vm);
            if (isRight) expectTaken(descriptors, check, one.streamIn);
            expect(isRight).toBe(check.outcome === 'works');
            if (check.outcome === 'refused') expect(kind).toBe('failed');
          }),
      );
    },
  );
});
