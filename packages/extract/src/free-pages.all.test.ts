import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scratchParent } from '@mapped-ram/fixtures';
import { getBit } from '@mapped-ram/format';
import { findFreePages, openLinuxGuest } from '@mapped-ram/guest';
import { openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { findQemu, saveMappedRam } from '@mapped-ram/tool-qemu';
import { bootLinux, FILL_MEMORY, findDebuggers, findLinuxGuest } from '@mapped-ram/tool-qemu/linux-guest';
import { describe, expect, it } from 'vitest';
import { extractElf } from './extract-elf.js';

const VERSION = '11.1';
const SAVES = 5;

/** The first one's debug information is what `npm run tools:all` fetches. */
const KERNELS = ['trixie', 'bookworm', 'bullseye', 'trixie-backports'] as const;

const PAGE_BYTES = 4096;

/** Two nodes, and page tables of five levels. */
const MACHINE = [
  ...['-machine', 'pc-q35-10.0', '-cpu', 'max', '-m', '320M', '-smp', '2,sockets=2'],
  ...['-object', 'memory-backend-ram,id=ram-node0,size=192M', '-numa', 'node,memdev=ram-node0,cpus=0'],
  ...['-object', 'memory-backend-ram,id=ram-node1,size=128M', '-numa', 'node,memdev=ram-node1,cpus=1'],
];

/** Processes come and go, and memory is taken and given back, on both processors all the time. */
const CHURN = ['fill-memory 16', 'ls -l /proc/self /bin | sort > /dev/null'];

/** Prints the free pages of each zone by its lists, and what is wrong with these where they are in the middle of a change. */
const DRGN_SCRIPT = `
import json, sys
import drgn
from drgn.helpers.linux.mm import page_to_pfn
from drgn.helpers.linux.nodemask import for_each_online_node
def walk(area, kind, links, pages):
    head = area.free_list[kind].address_of_()
    before, at = head, head.next
    while at != head:
        if at.prev != before: raise ValueError("a link back leads elsewhere")
        if len(pages) > 1000000: raise ValueError("a list does not end")
        pages.append(page_to_pfn(drgn.container_of(at, "struct page", links)).value_())
        before, at = at, at.next
    if head.prev != before: raise ValueError("a list ends elsewhere")
for path in sys.argv[2:]:
    prog = drgn.Program()
    prog.set_core_dump(path)
    prog.load_debug_info([sys.argv[1]])
    # Until Linux 5.19 it had no name of its own.
    links = "buddy_list" if prog.type("struct page").has_member("buddy_list") else "lru"
    zones = []
    for nid in for_each_online_node(prog):
        node = prog["node_data"][nid]
        for index in range(node.nr_zones.value_()):
            zone, free, fault = node.node_zones[index], [], None
            if zone.present_pages.value_() == 0: continue
            try:
                areas = zone.free_area
                for order in range(len(areas)):
                    pages = []
                    for kind in range(len(areas[order].free_list)): walk(areas[order], kind, links, pages)
                    if len(pages) != areas[order].nr_free.value_(): raise ValueError("pages are not as many as are counted")
                    free += [[pfn, order] for pfn in pages]
            except (ValueError, drgn.FaultError) as error:
                fault = str(error)
            zones.append({"node": int(nid), "index": index, "free": free, "fault": fault})
    print(json.dumps(zones))
`;

interface ZoneOfDrgn {
  readonly node: number;
  readonly index: number;
  readonly free: readonly (readonly [frame: number, order: number])[];
  readonly fault: string | null;
}

describe.each(KERNELS)('a guest with the kernel of %s', (kernel) => {
  const guest = findLinuxGuest(kernel);
  const debuggers = findDebuggers(kernel);
  const missing = [guest, findQemu(VERSION), debuggers].find((tool) => tool.kind === 'missing');
  if (missing?.kind === 'missing' || guest.kind === 'missing' || debuggers.kind === 'missing') {
    it.skip(`missing tool: ${missing?.kind === 'missing' ? missing.reason : ''}`, () => {});
    return;
  }

  it('has those pages free amid churn that drgn finds free, and a zone whose lists drgn cannot follow is named', async () => {
    const folder = await mkdtemp(join(scratchParent, 'free-pages-test-'));
    const at = (name: string) => join(folder, name);
    const numbers = Array.from({ length: SAVES }, (_, index) => index);
    try {
      const { vm, console, kill } = await bootLinux(guest, {
        version: VERSION,
        args: MACHINE,
        files: [FILL_MEMORY],
      });
      try {
        for (const command of CHURN) await console.run(`while :; do ${command}; done >/dev/null 2>&1 &`);
        const state = async () => (await vm.qmp.execute<{ status: string }>('query-status')).status;
        for (const number of numbers) {
          // Something is done in between: the guest answers.
          await console.run('cat /proc/buddyinfo');
          await vm.qmp.execute('stop');
          const outcome = await saveMappedRam(vm, { uri: `file:${at(`${number}.mr`)}` });
          expect(outcome).toEqual({ kind: 'completed' });
          await expect.poll(state).toBe('postmigrate');
          await vm.qmp.execute('cont');
        }
      } finally {
        await kill();
      }
      for (const number of numbers) await extractElf(at(`${number}.mr`), at(`${number}.core`));
      await writeFile(at('look.py'), DRGN_SCRIPT);
      const { file, args, env } = debuggers.python;
      const cores = numbers.map((number) => at(`${number}.core`));
      const { stdout } = await promisify(execFile)(
        file,
        [...args, at('look.py'), debuggers.vmlinux, ...cores],
        { env, maxBuffer: 256 * 1024 * 1024 },
      );
      const found = stdout.trim().split('\n');
      expect(found).toHaveLength(SAVES);
      for (const [number, line] of found.entries()) {
        const byDrgn: ZoneOfDrgn[] = JSON.parse(line);
        const { faults, frames } = await freeFrames(at(`${number}.mr`));
        expect(byDrgn.map(zoneName)).toEqual([...faults.keys()]);
        const expected: number[] = [];
        for (const zone of byDrgn) {
          const fault = faults.get(zoneName(zone));
          if (zone.fault !== null)
            expect(fault, `zone ${zoneName(zone)} of save ${number}: ${zone.fault}`).toBeDefined();
          if (fault !== undefined) continue;
          for (const [first, order] of zone.free)
            for (let frame = first; frame < first + 2 ** order; frame++) expected.push(frame);
        }
        expect(expected.length).toBeGreaterThan(0);
        expect(frames).toEqual(expected.sort((a, b) => a - b));
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

const zoneName = ({ node, index }: { readonly node: number; readonly index: number }) => `${node}/${index}`;

/** What is free by our account, and in which zones nothing is. */
async function freeFrames(path: string) {
  const snapshot = await openSnapshot(await openFileSource(path));
  try {
    const linux = await openLinuxGuest(snapshot);
    const { zones, droppable } = await findFreePages(linux);
    const frames: number[] = [];
    for (const { block, address, blockOffset, lengthBytes } of linux.map.ranges) {
      const bits = droppable.bits(block);
      if (bits === undefined) continue;
      for (let at = 0; at < lengthBytes; at += PAGE_BYTES) {
        if (getBit(bits, (blockOffset + at) / PAGE_BYTES, 'le'))
          frames.push(Number(address) / PAGE_BYTES + at / PAGE_BYTES);
      }
    }
    return { faults: new Map(zones.map((zone) => [zoneName(zone), zone.fault])), frames };
  } finally {
    await snapshot.close();
  }
}
