import type { RamBlock, StateNode } from '@mapped-ram/reader';
import { describe, expect, it } from 'vitest';
import { placeBlocks, placeDimms } from './main-memory.js';
import { stackLayers } from './physical-map.js';
import { pluggedLayers } from './virtio-mem.js';
import { lowMemoryOf } from './x86/cmos-memory.js';
import { pamSegments } from './x86/pam.js';

const block = (idstr: string, usedLength = 0x10000) => ({ idstr, usedLength }) as RamBlock;
const ram = block('ram');
const rom = block('rom');

const at = (address: bigint, lengthBytes: number, of: RamBlock, blockOffset = 0) => ({
  address,
  lengthBytes,
  block: of,
  blockOffset,
});

describe('layers', () => {
  it('hide what they lie on, and leave the rest', () => {
    expect(stackLayers([at(0n, 0x8000, ram), at(0x2000n, 0x1000, rom)])).toEqual([
      at(0n, 0x2000, ram),
      at(0x2000n, 0x1000, rom),
      at(0x3000n, 0x5000, ram, 0x3000),
    ]);
  });

  it('without a block are holes', () => {
    expect(stackLayers([at(0n, 0x3000, ram), { address: 0x1000n, lengthBytes: 0x5000 }])).toEqual([
      at(0n, 0x1000, ram),
    ]);
  });

  it('that go on in the same block are one range', () => {
    expect(stackLayers([at(0x1000n, 0x1000, ram, 0x1000), at(0n, 0x1000, ram)])).toEqual([
      at(0n, 0x2000, ram),
    ]);
    expect(stackLayers([at(0x1000n, 0x1000, ram, 0x5000), at(0n, 0x1000, ram)])).toHaveLength(2);
  });
});

describe('memory', () => {
  const nodes = [block('a', 0x3000), block('b', 0x5000)];

  it('of several blocks is placed one behind the other', () => {
    expect(placeBlocks(nodes, 0, 0x8000, 0n)).toEqual([
      at(0n, 0x3000, nodes[0] as RamBlock),
      at(0x3000n, 0x5000, nodes[1] as RamBlock),
    ]);
  });

  it('goes on elsewhere from the middle of a block', () => {
    expect(placeBlocks(nodes, 0x4000, 0x4000, 0x10000n)).toEqual([
      at(0x10000n, 0x4000, nodes[1] as RamBlock, 0x1000),
    ]);
  });

  it('that is plugged in is aligned', () => {
    expect(placeDimms(nodes, 0x1001n, 0x4000n).map(({ address }) => address)).toEqual([0x4000n, 0x8000n]);
  });
});

it('the bridge’s registers say where RAM is read in place of ROM', () => {
  const config = new Uint8Array(0x100);
  config[0x90] = 0x30; // 0xf0000
  config[0x91] = 0x13; // 0xc0000 read and write, 0xc4000 read
  config[0x96] = 0x20; // 0xec000 written to, not read
  const segments = pamSegments(config, 0x90).filter(({ readsRam }) => readsRam);
  expect(segments.map(({ address }) => address)).toEqual([0xc0000, 0xc4000, 0xf0000]);
});

it('the clock’s registers say how much of the memory is below 4 GiB, where they tell all of it', () => {
  const MIB = 2 ** 20;
  const registers = new Uint8Array(128);
  registers.set([0x00, 0x02], 0x34); // 32 MiB above 16
  registers.set([0x10, 0x01, 0x00], 0x5b); // 17 MiB
  expect(lowMemoryOf(registers, 65 * MIB)).toBe(48 * MIB);
  expect(lowMemoryOf(registers, 66 * MIB)).toBeUndefined();
  expect(lowMemoryOf(registers.fill(0, 0x5b, 0x5e), 48 * MIB)).toBeUndefined();
  expect(lowMemoryOf(new Uint8Array(0), 48 * MIB)).toBeUndefined();
});

it('of virtio-mem’s memory only the units in use are there', () => {
  const scalar = (name: string, value: bigint | Uint8Array): StateNode =>
    ({ name, type: 'x', byteOffset: 0, lengthBytes: 8, value }) as StateNode;
  const children = [
    scalar('addr', 0x1_0000_0000n),
    scalar('block_size', 0x4000n),
    scalar('bitmap', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0b1101)),
  ];
  const state: StateNode = { name: 'early', type: 'device', byteOffset: 0, lengthBytes: 24, children };
  expect(stackLayers(pluggedLayers(ram, state))).toEqual([
    at(0x1_0000_0000n, 0x4000, ram),
    at(0x1_0000_8000n, 0x8000, ram, 0x8000),
  ]);
});
