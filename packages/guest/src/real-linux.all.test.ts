import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { scratchParent } from '@mapped-ram/fixtures';
import { openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { findQemu, saveMappedRam } from '@mapped-ram/tool-qemu';
import {
  bootLinux,
  findLinuxGuest as findGuestOfTests,
  LINUX_KERNELS,
  type LinuxKernelName,
} from '@mapped-ram/tool-qemu/linux-guest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDroppablePages } from './free-pages/droppable-pages.js';
import { findFreePages } from './free-pages/find-free-pages.js';
import { openLinuxGuest } from './linux-guest.js';
import { formatLogRecord, readLog } from './log/read-log.js';
import { listTasks } from './processes/list-processes.js';
import { readSymbols, systemMap } from './symbols/kernel-symbols.js';
import { isf } from './types/isf.js';
import { readBanner, readTypes } from './types/read-types.js';
import { scanVmcoreinfo } from './vmcoreinfo/scan-vmcoreinfo.js';

const VERSION = '11.1';

const ONE_NODE = ['-machine', 'pc-q35-10.0', '-m', '192M'];
const TWO_NODES = [
  ...['-machine', 'pc-q35-10.0', '-cpu', 'max', '-m', '320M', '-smp', '2,sockets=2'],
  ...['-object', 'memory-backend-ram,id=ram-node0,size=192M', '-numa', 'node,memdev=ram-node0,cpus=0'],
  ...['-object', 'memory-backend-ram,id=ram-node1,size=128M', '-numa', 'node,memdev=ram-node1,cpus=1'],
];

const ARM = ['-machine', 'virt-10.0', '-cpu', 'cortex-a57', '-m', '192M'];
const ARM_16K = ['-machine', 'virt-10.0', '-cpu', 'max', '-m', '256M'];

interface Machine {
  readonly kernel: LinuxKernelName;
  readonly name: string;
  readonly args: readonly string[];
  readonly nodes: number;
  readonly levels: number;
  /** Of the kernel's pages; 4 KiB if not given. */
  readonly pageBytes?: number;
}

describe.each<Machine>([
  { kernel: 'trixie', name: 'one node, 4 levels of page tables', args: ONE_NODE, nodes: 1, levels: 4 },
  { kernel: 'trixie', name: 'two nodes, 5 levels of page tables', args: TWO_NODES, nodes: 2, levels: 5 },
  { kernel: 'bullseye', name: 'symbols that are looked for', args: ONE_NODE, nodes: 1, levels: 4 },
  { kernel: 'bookworm', name: 'two nodes', args: TWO_NODES, nodes: 2, levels: 5 },
  { kernel: 'trixie-backports', name: 'symbols by their place', args: TWO_NODES, nodes: 2, levels: 5 },
  { kernel: 'arm64', name: 'nodes that only its symbols tell', args: ARM, nodes: 1, levels: 4 },
  {
    ...{ kernel: 'arm64-16k', name: 'pages of 16 KiB', args: ARM_16K, nodes: 1, levels: 4 },
    pageBytes: 16_384,
  },
])('a guest with Linux of $kernel, $name', ({ kernel, args, nodes, levels, pageBytes = 4096 }) => {
  const linux = findGuestOfTests(kernel);
  const isArm = LINUX_KERNELS[kernel].architecture === 'arm64';
  const missing = [linux, findQemu(VERSION, isArm ? 'aarch64' : 'x86_64')].find(
    (tool) => tool.kind === 'missing',
  );
  if (missing?.kind === 'missing' || linux.kind === 'missing') {
    it.skip(`missing tool: ${missing?.kind === 'missing' ? missing.reason : ''}`, () => {});
    return;
  }

  let folder: string;
  let snapshot: Snapshot;
  let log: string;
  let buddies: string;
  let banner: bigint;
  let symbolsDigest: string;
  let processes: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(scratchParent, 'guest-test-'));
    const { vm, console, kill } = await bootLinux(linux, { version: VERSION, args });
    try {
      const symbol = await console.run('grep " linux_banner$" /proc/kallsyms');
      banner = BigInt(`0x${symbol.split(' ')[0]}`);
      symbolsDigest = await console.run('grep -v "\\[" /proc/kallsyms | sha256sum');
      processes = await console.run('for p in /proc/[0-9]*; do cat $p/stat; cat $p/statm; done');
      log = await console.run('dmesg');
      buddies = await console.run('cat /proc/buddyinfo');
      await vm.qmp.execute('stop');
      const uri = `file:${join(folder, 'linux.mr')}`;
      expect(await saveMappedRam(vm, { uri })).toEqual({ kind: 'completed' });
    } finally {
      await kill();
    }
    snapshot = await openSnapshot(await openFileSource(join(folder, 'linux.mr')));
  });
  afterAll(async () => {
    await snapshot?.close();
    rmSync(folder, { recursive: true });
  });

  it('is known by its kernel', async () => {
    const guest = await openLinuxGuest(snapshot);
    expect(guest).toMatchObject({
      origin: 'device',
      pagingLevels: levels,
      architecture: isArm ? 'arm64' : 'x86-64',
    });
    expect(guest.release).toBe(linux.release);
    expect(await guest.memory.text(banner, 64, 'the banner')).toContain(`Linux version ${guest.release}`);
  });

  it('has the same VMCOREINFO in its memory as with its device', async () => {
    const { info, physical } = await openLinuxGuest(snapshot);
    const found = scanVmcoreinfo(snapshot, physical.ranges);
    expect((await found.next()).value?.text).toBe(info.text);
    await found.return();
  });

  it('has the symbols that it prints itself', async () => {
    const symbols = await readSymbols(await openLinuxGuest(snapshot));
    const digest = createHash('sha256');
    for (const line of systemMap(symbols)) digest.update(line);
    expect(symbolsDigest).toContain(digest.digest('hex'));
    expect(symbols.address('linux_banner')).toBe(banner);
  });

  it('has the processes that it lists itself', async () => {
    const tasks = await collect(listTasks(await openLinuxGuest(snapshot)));
    const lines = [...processes.matchAll(/^(\d+) \((.*)\) \S (\d+).*\n(\d+) (\d+)/gm)];
    // A command that has ended is no longer there.
    const listed = lines.filter(([, pid]) => tasks.some((task) => task.pid === Number(pid)));
    expect(listed.length).toBeGreaterThan(30);
    expect(lines.length - listed.length).toBeLessThan(3);
    for (const [, pid, name = '', parent, virtualPages, residentPages] of listed) {
      const task = tasks.find((one) => one.pid === Number(pid));
      // The kernel's own threads have longer names there.
      expect(name.startsWith(task?.name ?? '?'), name).toBe(true);
      expect(task).toMatchObject({ parentPid: Number(parent), state: expect.stringMatching(/^[RSDI]$/) });
      expect(Number(task?.memory?.virtualBytes ?? 0n)).toBe(Number(virtualPages) * pageBytes);
      const resident = Number(task?.memory?.residentBytes ?? 0n) / pageBytes;
      expect(Math.abs(resident - Number(residentPages))).toBeLessThan(3 * 2 * 64);
    }
  });

  it('has types and symbols for volatility3 by which its processes are found', async () => {
    const guest = await openLinuxGuest(snapshot);
    const symbols = await readSymbols(guest);
    const banner = await readBanner(guest, symbols);
    const types = await readTypes(guest, symbols);
    const kernelOffset = guest.info.kernelOffset ?? 0n;
    const file = JSON.parse([...isf({ symbols, types, kernelOffset, banner })].join(''));
    expect(atob(file.symbols.linux_banner.constant_data)).toBe(new TextDecoder().decode(banner));
    const { tasks, comm, pid } = file.user_types.task_struct.fields;
    expect(file.symbols.init_task.type).toEqual({ kind: 'struct', name: 'task_struct' });
    // JSON's numbers are not exact above 2^53; those of Python, which reads the file, are.
    const head = symbols.address('init_task');
    const found: unknown[] = [];
    for (let at = head; ; ) {
      at = (await guest.memory.u64(at + BigInt(tasks.offset), 'next')) - BigInt(tasks.offset);
      if (at === head) break;
      const name = await guest.memory.text(at + BigInt(comm.offset), 16, 'name');
      found.push({ name, pid: await guest.memory.u32(at + BigInt(pid.offset), 'pid') });
    }
    const expected = await collect(listTasks(guest));
    expect(found).toEqual(expected.map(({ name, threadId }) => ({ name, pid: threadId })));
  });

  it('has the log that dmesg prints', async () => {
    const lines: string[] = [];
    for await (const record of readLog(await openLinuxGuest(snapshot)))
      lines.push(...formatLogRecord(record));
    // Of a record of several lines, dmesg puts the time before each, and we, as crash does, before the first.
    const texts = (all: readonly string[]) => all.map((line) => line.replace(/^(\[ *\d+\.\d+\] | {15})/, ''));
    const printed = log.split('\n');
    expect(texts(lines).slice(0, printed.length)).toEqual(texts(printed));
  });

  it('has the free pages that it counted itself, give or take what a shell uses', async () => {
    const { zones } = await findFreePages(await openLinuxGuest(snapshot));
    expect(zones.every(({ fault }) => fault === undefined)).toBe(true);
    expect(new Set(zones.map(({ node }) => node)).size).toBe(nodes);
    const counted = buddies.split('\n').map((line) => {
      const [, node, name, ...counts] = /^Node (\d+), zone +(\w+) +(.*)$/.exec(line) ?? [];
      const pages = (counts[0] ?? '')
        .trim()
        .split(/\s+/)
        .reduce((sum, count, order) => sum + Number(count) * 2 ** order, 0);
      return { node: Number(node), name, pages };
    });
    expect(zones.map(({ node, name }) => ({ node, name }))).toEqual(
      counted.map(({ node, name }) => ({ node, name })),
    );
    for (const [index, zone] of zones.entries()) {
      expect(Math.abs(zone.freePages - (counted[index]?.pages ?? 0))).toBeLessThan(1000);
    }
    const { stored } = await findDroppablePages(snapshot);
    expect(stored.pages).toBeGreaterThan(0);
  });
});

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}
