import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatOptions } from '@mapped-ram/format';
import { openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import {
  findQemu,
  launchDestination,
  launchQemu,
  type QemuVm,
  restoreMappedRam,
  saveMappedRam,
} from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deriveCommand } from '../command/derive-command.js';
import { argumentsOfCommand } from '../command/machine-command.js';
import { describeDestination } from '../describe-destination.js';
import type { Destination } from '../destination.js';
import type { FitFinding } from '../fit-finding.js';
import { type FitOptions, fitSnapshot } from '../fit-snapshot.js';
import type { MemoryPlace } from '../record/describe-memory.js';
import type { MachineRecord } from '../record/machine-record.js';
import { recordMachine } from '../record/record-machine.js';
import { compareMemoryPlaces } from './memory-places.js';

const MIB = 2 ** 20;
const SIZE = 16 * MIB;
/** What the guest has in its second node, and where. */
const MARK = '0x1122334455667788';
const MARK_ADDRESS = SIZE + MIB;
/** DIMMs begin on the first GiB behind 4 GiB. */
const DIMM_ADDRESS = 4 * 2 ** 30;

/** Names whose order is not that of the nodes. */
const SAVED = ['b', 'c', 'a'];

function machine(order: readonly string[]): string[] {
  return [
    ...['-machine', 'pc-i440fx-10.0', '-nodefaults', '-m', 'size=48M,slots=2,maxmem=1G', ...nodes(order)],
    ...['-object', backend('more'), '-device', 'pc-dimm,memdev=more,id=module'],
  ];
}

function split(lowest: string): string[] {
  const machine = formatOptions('pc-i440fx-10.0', { 'max-ram-below-4g': lowest });
  return ['-machine', machine, '-nodefaults', '-m', '64M'];
}

function nodes(order: readonly string[]): string[] {
  return order.flatMap((id, nodeid) => [
    ...['-object', backend(id), '-numa', formatOptions('node', { nodeid, memdev: id })],
  ]);
}

function backend(id: string): string {
  return formatOptions('memory-backend-ram', { id, size: SIZE });
}

const program = findQemu('11.1');
const missing = program.kind === 'missing' ? ` (missing tool: ${program.reason})` : '';

describe('places of one block', () => {
  const place = (address: number, lengthBytes: number, blockOffset = 0) => ({
    ...{ block: 'ram', address, lengthBytes, blockOffset },
  });
  const compare = async (saved: readonly MemoryPlace[], memory: readonly MemoryPlace[]) => {
    const snapshot = { ramBlocks: [{ idstr: 'ram', byteOffset: 7 }], sections: [] } as unknown as Snapshot;
    const record = { devices: [], memory: saved } as unknown as MachineRecord;
    const found: FitFinding[] = [];
    const destination = { memory } as unknown as Destination;
    for await (const finding of compareMemoryPlaces(snapshot, record, destination)) found.push(finding);
    return found;
  };
  // As a Malta has them: the first 256 MiB are at 0 too.
  const twice = [place(0, 256 * MIB), place(2 ** 31, 2 ** 30)];
  const split = [place(0, 3 * MIB), place(2 ** 32, MIB, 3 * MIB)];

  test.each([
    ['the same', split, split, 0],
    ['a hole that the guest made', [place(0, MIB), place(2 * MIB, MIB, 2 * MIB)], [place(0, 4 * MIB)], 0],
    ['at two addresses', twice, twice, 0],
    ['at one of two', [place(2 ** 31, 2 ** 30)], twice, 0],
    ['split elsewhere', split, [place(0, 2 * MIB), place(2 ** 32, 2 * MIB, 2 * MIB)], 1],
    ['none here', split, [], 0],
  ])('%s', async (_, saved, own, count) => {
    expect(await compare(saved, own)).toHaveLength(count);
  });
});

describe.skipIf(missing !== '')(`a guest with three nodes and a DIMM, in QEMU 11.1${missing}`, () => {
  let folder: string;
  let path: string;
  let record: MachineRecord;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mapped-ram-places-'));
    path = join(folder, 'guest.mr');
    const mark = formatOptions('loader', { addr: MARK_ADDRESS, data: MARK, 'data-len': 8 });
    const vm = await launchQemu({ version: '11.1', args: [...machine(SAVED), '-device', mark, '-S'] });
    try {
      record = await recordMachine(vm.qmp);
      expect((await saveMappedRam(vm, { uri: `file:${path}` })).kind).toBe('completed');
    } finally {
      await vm.kill();
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Has a destination judged, and restore the file. */
  async function judged(args: readonly string[], told: FitOptions = { record }) {
    const vm = await launchDestination({ target: 'x86_64', args, files: [] }, { version: '11.1' });
    const source = await openFileSource(path);
    try {
      const { verdict, findings } = await fitSnapshot(source, await describeDestination(vm.qmp), told);
      const { kind } = await restoreMappedRam(vm, { uri: `file:${path}` });
      return {
        verdict,
        moved: findings.filter(({ code }) => code.startsWith('memory-')),
        kind,
        mark: await markOf(vm),
      };
    } finally {
      await source.close();
      await vm.kill();
    }
  }

  async function commandOf(told?: MachineRecord) {
    const source = await openFileSource(path);
    try {
      return await deriveCommand(await openSnapshot(source), told);
    } finally {
      await source.close();
    }
  }

  test('has its memory where it was with the command that the record makes', async () => {
    const command = await commandOf(record);
    const args = argumentsOfCommand(command);
    expect(args.join(' ')).toContain(`-device pc-dimm,memdev=more,addr=${DIMM_ADDRESS}`);
    expect(command.unknown.join(' ')).not.toContain('at which address');
    expect(await judged(args)).toEqual({ verdict: 'restores', moved: [], kind: 'completed', mark: MARK });
  });

  test('is restored by QEMU with its nodes in another order, and is warned of', async () => {
    const { verdict, moved, kind, mark } = await judged(machine(['b', 'a', 'c']));
    expect({ verdict, kind }).toEqual({ verdict: 'wrong-memory', kind: 'completed' });
    expect(mark).not.toBe(MARK);
    expect(moved.map(({ subject }) => subject)).toEqual(expect.arrayContaining(['a', 'c']));
    expect(moved).toHaveLength(2);
    expect(moved[0]).toMatchObject({ outcome: 'wrong-memory', help: expect.stringContaining('-numa node') });
  });

  test('is warned of where a DIMM is a node', async () => {
    const { verdict, moved } = await judged([
      '-machine',
      'pc-i440fx-10.0',
      '-nodefaults',
      '-m',
      'size=64M,slots=2,maxmem=1G',
      ...nodes(['more', ...SAVED]),
    ]);
    expect(verdict).toBe('wrong-memory');
    const [module] = moved.filter(({ subject }) => subject === 'more');
    expect(module?.message).toMatch(/at address 0x100000000, and the destination has it at 0x0:/);
    expect(module?.help).toBe('-device pc-dimm,memdev=more,addr=0x100000000');
  });

  test('without a record, is told where the destination has its memory', async () => {
    const { verdict, moved, kind } = await judged(machine(['b', 'a', 'c']), {});
    expect({ verdict, kind }).toEqual({ verdict: 'restores', kind: 'completed' });
    expect(moved).toEqual([
      expect.objectContaining({
        ...{ code: 'memory-places-unknown', outcome: 'restores' },
        message: expect.stringContaining(
          'has b at 0x0, a at 0x1000000, c at 0x2000000, more at 0x100000000, and',
        ),
      }),
    ]);
  });

  test('split at 4 GiB by hand, has it where it was with the command that the file makes', async () => {
    const vm = await launchQemu({
      version: '11.1',
      args: [...split('24M'), '-device', 'loader,addr=0x100100000,data=0x11,data-len=1', '-S'],
    });
    const other = join(folder, 'split.mr');
    try {
      expect((await saveMappedRam(vm, { uri: `file:${other}` })).kind).toBe('completed');
    } finally {
      await vm.kill();
    }
    const source = await openFileSource(other);
    try {
      const args = argumentsOfCommand(await deriveCommand(await openSnapshot(source)));
      expect(args).toContain(`pc-i440fx-10.0,max-ram-below-4g=${24 * MIB}`);
      for (const [machineArgs, help] of [
        [args, undefined],
        [split('40M'), `-machine max-ram-below-4g=${24 * MIB}`],
        [['-machine', 'pc-i440fx-10.0', '-nodefaults', '-m', '64M'], `-machine max-ram-below-4g=${24 * MIB}`],
      ] as const) {
        const there = await launchDestination(
          { target: 'x86_64', args: machineArgs, files: [] },
          { version: '11.1' },
        );
        try {
          const { verdict, findings } = await fitSnapshot(source, await describeDestination(there.qmp));
          expect(verdict).toBe(help === undefined ? 'restores' : 'wrong-memory');
          expect(findings.find(({ code }) => code === 'memory-moved')?.help).toBe(help);
        } finally {
          await there.kill();
        }
      }
    } finally {
      await source.close();
    }
  });

  test('without a record, the command says that it does not know where what was', async () => {
    expect((await commandOf()).unknown.join('; ')).toMatch(
      /which memory the guest had at which address\. Taken are NUMA nodes in the order a, b, c, more:/,
    );
  });
});

async function markOf(vm: QemuVm): Promise<string | undefined> {
  const args = { 'command-line': `xp /1gx ${MARK_ADDRESS}` };
  return /: (0x[0-9a-f]+)/.exec(await vm.qmp.execute<string>('human-monitor-command', args))?.[1];
}
