import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scratchParent } from '@mapped-ram/fixtures';
import {
  findFreePages,
  formatLogRecord,
  type GuestTask,
  type LinuxGuest,
  listTasks,
  openLinuxGuest,
  readLog,
} from '@mapped-ram/guest';
import { openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { findQemu, saveMappedRam } from '@mapped-ram/tool-qemu';
import {
  bootLinux,
  type DebuggerCommand,
  findDebuggers,
  findLinuxGuest,
} from '@mapped-ram/tool-qemu/linux-guest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractElf } from './extract-elf.js';
import { extractKdump } from './kdump/extract-kdump.js';
import { kdumpCompressions } from './kdump/kdump-compression.js';

const VERSION = '11.1';
const MEMORY_MIB = 192;

/** Prints what is known of a dump: tasks, the log, what is in the free lists, and a digest of main memory; what is left out counts as zero. */
const DRGN_SCRIPT = `
import hashlib, json, sys
import drgn
from drgn.helpers.linux.list import list_for_each_entry
from drgn.helpers.linux.mm import page_to_pfn
from drgn.helpers.linux.pid import for_each_task
from drgn.helpers.linux.printk import get_dmesg
vmlinux, size = sys.argv[1], int(sys.argv[2])
for path in sys.argv[3:]:
    prog = drgn.Program()
    prog.set_core_dump(path)
    prog.load_debug_info([vmlinux])
    # Until Linux 5.19 it had no name of its own.
    links = "buddy_list" if prog.type("struct page").has_member("buddy_list") else "lru"
    tasks = [[t.pid.value_(), t.comm.string_().decode()] for t in for_each_task(prog)]
    digest, missing = hashlib.sha256(), []
    for page in range(0, size, 4096):
        try:
            digest.update(prog.read(page, 4096, True))
        except drgn.FaultError:
            digest.update(bytes(4096))
            missing.append(page // 4096)
    free = []
    node = prog["node_data"][0]
    for index in range(node.nr_zones.value_()):
        areas = node.node_zones[index].free_area
        for order in range(len(areas)):
            lists = areas[order].free_list
            for kind in range(len(lists)):
                for page in list_for_each_entry("struct page", lists[kind].address_of_(), links):
                    free.append([page_to_pfn(page).value_(), order])
    # A frame of the program's own is a guess, by whatever lies at small addresses.
    stack = [line for line in str(prog.stack_trace(1)).splitlines() if "(" in line]
    log = hashlib.sha256(get_dmesg(prog)).hexdigest()
    print(json.dumps({"tasks": tasks, "memory": digest.hexdigest(), "missing": missing, "free": free, "stack": stack, "log": log}))
`;

/** The first one's debug information is what `npm run tools:all` fetches. Newer ones neither program knows yet. */
const KERNELS = ['trixie', 'bookworm', 'bullseye'] as const;

describe.each(KERNELS)('crash and drgn, of a guest with the kernel of %s', (kernel) => {
  const guest = findLinuxGuest(kernel);
  const debuggers = findDebuggers(kernel);
  const missing = [guest, findQemu(VERSION), debuggers].find((tool) => tool.kind === 'missing');
  if (missing?.kind === 'missing' || guest.kind === 'missing' || debuggers.kind === 'missing') {
    it.skip(`missing tool: ${missing?.kind === 'missing' ? missing.reason : ''}`, () => {});
    return;
  }

  let folder: string;
  let snapshot: Snapshot;
  let linux: LinuxGuest;
  const at = (name: string) => join(folder, name);
  const dumps = ['core', ...kdumpCompressions, 'small', 'qemu'];

  beforeAll(async () => {
    folder = await mkdtemp(join(scratchParent, 'debuggers-test-'));
    const args = ['-machine', 'pc-q35-10.0', '-m', `${MEMORY_MIB}M`];
    const { vm, console, kill } = await bootLinux(guest, { version: VERSION, args });
    try {
      // Of a processor that is idle in an older kernel, crash looks for a stack that is none, in QEMU's own dump too.
      for (let processor = 0; processor < 2; processor++) await console.run('while :; do :; done &');
      await console.run('sleep 1');
      await vm.qmp.execute('stop');
      expect(await saveMappedRam(vm, { uri: `file:${at('linux.mr')}` })).toEqual({ kind: 'completed' });
      const dump = { paging: false, protocol: `file:${at('qemu')}` };
      await vm.qmp.execute('dump-guest-memory', dump, { timeoutMs: Number.POSITIVE_INFINITY });
    } finally {
      await kill();
    }
    await extractElf(at('linux.mr'), at('core'));
    for (const compression of kdumpCompressions)
      await extractKdump(at('linux.mr'), at(compression), { compression });
    await extractKdump(at('linux.mr'), at('small'), { leaveOutFree: true });
    snapshot = await openSnapshot(await openFileSource(at('linux.mr')));
    linux = await openLinuxGuest(snapshot);
  });
  afterAll(async () => {
    await snapshot?.close();
    await rm(folder, { recursive: true });
  });

  it('have the tasks, the memory, the free pages and the log of QEMU’s own dump from each file of ours', async () => {
    await writeFile(at('look.py'), DRGN_SCRIPT);
    const paths = dumps.map(at);
    const size = String(MEMORY_MIB * 1024 * 1024);
    const said = await run(debuggers.python, [at('look.py'), debuggers.vmlinux, size, ...paths]);
    const found = said
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const own = found[dumps.indexOf('qemu')];
    expect(own.missing).toEqual([]);
    for (const [index, name] of dumps.entries()) {
      const { missing: leftOut, memory, free, ...rest } = found[index];
      const { missing: _, memory: wanted, free: wantedFree, ...expected } = own;
      expect(rest, name).toEqual(expected);
      expect(free, name).toEqual(wantedFree);
      if (name !== 'small') expect({ memory, leftOut }, name).toEqual({ memory: wanted, leftOut: [] });
    }
    const tasks = await collect(listTasks(linux, { threads: true }));
    expect(own.tasks).toEqual(
      tasks.map(({ threadId, name }) => [threadId, name]).sort(([a], [b]) => Number(a) - Number(b)),
    );

    // Page by page: what drgn finds free is what was left out, and nothing else.
    const { freePages, droppable, zones } = await findFreePages(linux);
    expect(zones.every(({ fault }) => fault === undefined)).toBe(true);
    const byDrgn = new Set<number>();
    for (const [frame, order] of own.free)
      for (let page = frame; page < frame + 2 ** order; page++) byDrgn.add(page);
    expect(byDrgn.size).toBe(freePages);
    const ours: number[] = [];
    for (const block of droppable.blocks) {
      droppable.forEachRun(block, (first, count) => {
        for (let page = first; page < first + count; page++) ours.push(page);
      });
    }
    expect(new Set(ours)).toEqual(byDrgn);
    expect(found[dumps.indexOf('small')].missing).toEqual([...byDrgn].sort((a, b) => a - b));
  });

  it('list the processes that mr ps does, with their states and memory; print the log that mr dmesg does; and count as many free pages', async () => {
    await writeFile(at('commands'), 'ps\nlog\nkmem -f\nquit\n');
    const said = await Promise.all(
      ['core', 'small'].map((name) =>
        run(debuggers.crash, ['-s', '-i', at('commands'), debuggers.vmlinux, at(name)]),
      ),
    );
    const [text = '', alike = ''] = said.map((one) => one.replace(/DUMPFILE.*/, ''));
    expect(alike).toBe(text);
    const rows = [
      ...text.matchAll(/^[> ] +(\d+) +(\d+) +\d+ +([0-9a-f]{16}) +(\w\w) +[\d.]+ +(\d+) +(\d+) +(.+?) *$/gm),
    ];
    const tasks = await collect(listTasks(linux, { threads: true }));
    const byAddress = (one: readonly string[], other: readonly string[]) =>
      (one[2] ?? '') < (other[2] ?? '') ? -1 : 1;
    // It lists the idle tasks too.
    const listed = rows.map((row) => row.slice(1)).filter(([pid]) => pid !== '0');
    expect(tasks.map(crashRow).sort(byAddress)).toEqual(listed.sort(byAddress));

    const log: string[] = [];
    for await (const record of readLog(linux)) log.push(...formatLogRecord(record));
    const lines = text.split('\n');
    const first = lines.indexOf(log[0] ?? '');
    expect(lines.slice(first, first + log.length).map((line) => line.trimEnd())).toEqual(
      log.map((line) => line.trimEnd()),
    );

    const { freePages } = await findFreePages(linux);
    // The kernel's own counter may lag behind its lists by what each processor has not added yet; crash then tells both.
    const counted = /nr_free_pages: (\d+) +\((?:verified|found (\d+))\)/.exec(text);
    expect(Number(counted?.[2] ?? counted?.[1])).toBe(freePages);
  });
});

const CRASH_STATES: Readonly<Record<string, string>> = { R: 'RU', S: 'IN', D: 'UN', I: 'ID', Z: 'ZO' };

function crashRow({ threadId, parentPid, address, state, memory, name }: GuestTask): string[] {
  const kib = (bytes: bigint | undefined) => String((bytes ?? 0n) / 1024n);
  return [
    ...[String(threadId), String(parentPid), address.toString(16), CRASH_STATES[state] ?? state],
    ...[kib(memory?.virtualBytes), kib(memory?.residentBytes)],
    memory === undefined ? `[${name}]` : name,
  ];
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

async function run({ file, args, env }: DebuggerCommand, more: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(file, [...args, ...more], {
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
