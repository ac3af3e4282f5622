import { expect, it } from 'vitest';
import { queryMemoryRanges } from './memory-ranges.js';
import type { QmpClient, QmpExecuteOptions } from './qmp-client.js';

/** As QEMU 11.1 prints it, of a q35 with two nodes, an NVDIMM and a DIMM. */
const PRINTED = `FlatView #0
 AS "I/O", root: io
 Root memory region: io
  0000000000000000-0000000000000007 (prio 0, i/o): dma-chan

FlatView #1
 AS "memory", root: system
 AS "cpu-memory-0", root: system
 Root memory region: system
  0000000000000000-00000000000c2fff (prio 0, ram): n0 KVM
  00000000000c3000-00000000000e7fff (prio 0, rom): n0 @00000000000c3000
  00000000000f0000-00000000000fffff (prio 0, rom): n0 @00000000000f0000
  0000000000100000-0000000007ffffff (prio 0, ram): n0 @0000000000100000
  0000000008000000-000000000fffffff (prio 0, ram): /objects/n1
  00000000fec00000-00000000fec00fff (prio 0, i/o): ioapic
  00000000fffc0000-00000000ffffffff (prio 0, rom): pc.bios
  0000000108000000-0000000109ffffff (prio 0, nv-ram): nv0
  000000010a000000-000000010dffffff (prio 0, ram): d0

FlatView #2
 AS "cpu-smm-0", root: memory
  0000000000000000-00000000000c2fff (prio 0, ram): smm
`;

function printing(printed: unknown): Pick<QmpClient, 'execute'> {
  return {
    execute: async <Result>(command: string, _args?: object, options: QmpExecuteOptions<Result> = {}) =>
      options.result?.(printed, command) as Result,
  };
}

const range = (region: string, address: number, lengthBytes: number, regionOffset = 0) => ({
  ...{ region, address, lengthBytes, regionOffset },
});

it('reads what the monitor prints of the guest’s memory, and joins what goes on', async () => {
  expect(await queryMemoryRanges(printing(PRINTED))).toEqual([
    range('n0', 0, 0xe8000),
    range('n0', 0xf0000, 0x7f10000, 0xf0000),
    range('/objects/n1', 0x8000000, 0x8000000),
    range('pc.bios', 0xfffc0000, 0x40000),
    range('nv0', 0x108000000, 0x2000000),
    range('d0', 0x10a000000, 0x4000000),
  ]);
});

it.each([
  ['what has no views', 'unknown command'],
  ['what is no text', [1]],
  ['an address beyond every number', PRINTED.replace('0000000108000000-', 'ffffffffffff0000-')],
])('refuses %s', async (_, printed) => {
  await expect(queryMemoryRanges(printing(printed))).rejects.toMatchObject({ code: 'bad-qmp-result' });
});

it('leaves a line out that is longer than any of QEMU', async () => {
  const long = PRINTED.replace('(prio 0, nv-ram)', `(prio ${'0'.repeat(100_000)}, nv-ram)`);
  expect(await queryMemoryRanges(printing(long))).toHaveLength(5);
});
