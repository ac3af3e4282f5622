import { MappedRamError } from '@mapped-ram/format';
import type { Snapshot } from '@mapped-ram/reader';
import { architectureOf } from './architecture.js';
import {
  findMachineMemory,
  type MachineMemory,
  placeBlocks,
  placeDimms,
  roundUp,
  totalLength,
} from './main-memory.js';
import { type Layer, type PhysicalMap, stackLayers } from './physical-map.js';
import { virtioMemLayers } from './virtio-mem.js';
import {
  i440fxBoard,
  isapcBoard,
  lowMemorySetByHand,
  microvmBoard,
  type PcBoard,
  q35Board,
  x86Layers,
} from './x86/x86-layers.js';

const MIB = 1024n * 1024n;
const GIB = 1024n * MIB;

/** A board with its RAM in one stretch. */
interface FlatBoard {
  readonly ramAddress: bigint;
  /** Blocks beside the RAM, by idstr, that are always there. */
  readonly rom?: Readonly<Record<string, bigint>>;
}

/** hw/arm/virt.c, hw/riscv/virt.c, hw/s390x/s390-virtio-ccw.c, hw/ppc/spapr.c, hw/core/null-machine.c */
const armVirt: FlatBoard = { ramAddress: GIB };
const riscvVirt: FlatBoard = { ramAddress: 2n * GIB, rom: { 'riscv_virt_board.mrom': 0x1000n } };
const fromZero: FlatBoard = { ramAddress: 0n };

/** What is plugged into pseries and Arm's virt lies on the next GiB behind the RAM. */
const DIMM_BASE_ALIGNMENT = GIB;
const DIMM_ALIGNMENT = 256n * MIB;

/**
 * Derives the guest-physical map from the machine, the sizes of its blocks, and the state of its clock, host bridge and display
 * device, as QEMU lays memory out (10.0 to 11.1). What was set by hand is in the file for a part only: `max-ram-below-4g` of a PC is, the
 * address of a DIMM is not.
 *
 * @throws MappedRamError `unsupported` where the machine's memory map is not known; what reading device state throws.
 */
export async function derivePhysicalMap(snapshot: Snapshot): Promise<PhysicalMap> {
  const { ramBlocks, configuration } = snapshot;
  const board = findBoard(snapshot);
  if (board === undefined) {
    throw new MappedRamError('unsupported', {
      what: `where the machine ${configuration?.machine ?? '(not named)'} has its memory is not known; give the map yourself`,
    });
  }
  const memory = findMachineMemory(ramBlocks, configuration?.machine ?? 'none');
  const layers =
    'lowMemory' in board ? await x86Layers(snapshot, memory, board) : flatLayers(snapshot, memory, board);
  const ranges = stackLayers([...layers, ...(await virtioMemLayers(snapshot))]);
  return { ranges, assumptions: memory.assumptions };
}

/**
 * What `max-ram-below-4g` a PC was started with, in bytes.
 *
 * @returns undefined where it was none, or the file does not tell, such as where the clock's state is damaged
 */
export async function findMaxRamBelow4g(snapshot: Snapshot): Promise<number | undefined> {
  const board = findBoard(snapshot);
  if (board === undefined || !('lowMemory' in board) || board === microvmBoard) return undefined;
  const memory = findMachineMemory(snapshot.ramBlocks, snapshot.configuration?.machine ?? 'none');
  try {
    return await lowMemorySetByHand(snapshot, memory, board);
  } catch (error) {
    if (error instanceof MappedRamError) return undefined;
    throw error;
  }
}

function findBoard(snapshot: Snapshot): PcBoard | FlatBoard | undefined {
  // Where none is named, the only board of the architecture that is known is taken.
  const machine = snapshot.configuration?.machine ?? '';
  const isNamed = (prefix: string) => machine === '' || machine.startsWith(prefix);
  const has = (ending: string) =>
    snapshot.sections.some((section) => 'idstr' in section && section.idstr?.endsWith(ending));
  switch (architectureOf(snapshot)) {
    case 'x86':
      // By their bridges, since a snapshot need not name its machine.
      if (has('/mch')) return q35Board;
      if (has('/I440FX')) return i440fxBoard;
      return machine.startsWith('microvm') || hasBlock(snapshot, 'microvm.ram') ? microvmBoard : isapcBoard;
    case 'arm':
      return isNamed('virt') ? armVirt : undefined;
    case 'riscv':
      return isNamed('virt') ? riscvVirt : undefined;
    case 's390x':
      return fromZero;
    case 'ppc':
      return isNamed('pseries') ? fromZero : undefined;
    default:
      return machine === 'none' ? fromZero : undefined;
  }
}

function flatLayers(
  snapshot: Snapshot,
  { base, dimms }: MachineMemory,
  { ramAddress, rom = {} }: FlatBoard,
): Layer[] {
  const total = totalLength(base);
  const dimmBase = roundUp(ramAddress + BigInt(total), DIMM_BASE_ALIGNMENT);
  const roms = snapshot.ramBlocks.flatMap((block) => {
    const address = rom[block.idstr];
    return address === undefined ? [] : [{ address, lengthBytes: block.usedLength, block, blockOffset: 0 }];
  });
  return [
    ...placeBlocks(base, 0, total, ramAddress),
    ...placeDimms(dimms, dimmBase, DIMM_ALIGNMENT),
    ...roms,
  ];
}

function hasBlock({ ramBlocks }: Snapshot, idstr: string): boolean {
  return ramBlocks.some((block) => block.idstr === idstr);
}
