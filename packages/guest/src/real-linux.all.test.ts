import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { scratchParent } from '@mapped-ram/fixtures';
import { openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { findQemu, saveMappedRam } from '@mapped-ram/tool-qemu';
import { bootLinux, findLinuxGuest as findGuestOfTests } from '@mapped-ram/tool-qemu/linux-guest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDroppablePages } from './free-pages/droppable-pages.js';
import { findFreePages } from './free-pages/find-free-pages.js';
import { openLinuxGuest } from './linux-guest.js';
import { formatLogRecord, readLog } from './log/read-log.js';
import { scanVmcoreinfo } from './vmcoreinfo/scan-vmcoreinfo.js';

const VERSION = '11.1';

const ONE_NODE = ['-machine', 'pc-q35-10.0', '-m', '192M'];
const TWO_NODES = [
  ...['-machine', 'pc-q35-10.0', '-cpu', 'max', '-m', '320M'],
  ...['-object', 'memory-backend-ram,id=ram-node0,size=192M', '-numa', 'node,memdev=ram-node0,cpus=0'],
  ...['-object', 'memory-backend-ram,id=ram-node1,size=128M', '-numa', 'node,memdev=ram-node1,cpus=1'],
];

const linux = findGuestOfTests();
const missing = [linux, findQemu(VERSION)].find((tool) => tool.kind === 'missing');

describe.skipIf(missing !== undefined).each([
  { name: 'one node, 4 levels of page tables', args: ONE_NODE, nodes: 1, levels: 4 },
  { name: 'two nodes, 5 levels of page tables', args: TWO_NODES, nodes: 2, levels: 5 },
])(
  missing?.kind === 'missing' ? `missing tool: ${missing.reason}` : 'a Linux guest with $name',
  ({ args, nodes, levels }) => {
    let folder: string;
    let snapshot: Snapshot;
    let log: string;
    let buddies: string;
    let banner: bigint;

    beforeAll(async () => {
      if (linux.kind === 'missing') return;
      folder = mkdtempSync(join(scratchParent, 'guest-test-'));
      const { vm, console, kill } = await bootLinux(linux, { version: VERSION, args });
      try {
        const symbol = await console.run('grep " linux_banner$" /proc/kallsyms');
        banner = BigInt(`0x${symbol.split(' ')[0]}`);
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
      expect(guest).toMatchObject({ origin: 'device', pagingLevels: levels, architecture: 'x86-64' });
      expect(linux.kind === 'found' && guest.release).toBe(linux.kind === 'found' && linux.release);
      expect(await guest.memory.text(banner, 64, 'the banner')).toContain(`Linux version ${guest.release}`);
    });

    it('has the same VMCOREINFO in its memory as with its device', async () => {
      const { info, physical } = await openLinuxGuest(snapshot);
      const found = scanVmcoreinfo(snapshot, physical.ranges);
      expect((await found.next()).value?.text).toBe(info.text);
      await found.return();
    });

    it('has the log that dmesg prints', async () => {
      const lines: string[] = [];
      for await (const record of readLog(await openLinuxGuest(snapshot)))
        lines.push(...formatLogRecord(record));
      // Of a record of several lines, dmesg puts the time before each, and we, as crash does, before the first.
      const texts = (all: readonly string[]) =>
        all.map((line) => line.replace(/^(\[ *\d+\.\d+\] | {15})/, ''));
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
  },
);
