import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import { type MachineMemory, placeBlocks, placeDimms, roundUp, totalLength } from '../main-memory.js';
import { memoryBarAddress, readPciConfig } from '../pci-config.js';
import type { Layer } from '../physical-map.js';
import { lowMemoryByCmos } from './cmos-memory.js';
import { pamSegments } from './pam.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const FOUR_GIB = 4n * BigInt(GIB);
const DIMM_ALIGNMENT = 2n * BigInt(MIB);

const LEGACY_VIDEO = { address: 0xa0000n, lengthBytes: 0x20000 };
const OPTION_ROM_ADDRESS = 0xc0000n;
const ONE_MIB = 0x100000n;
/** Of the firmware, at most that much is seen below 1 MiB. */
const LOW_FIRMWARE_BYTES = 0x20000;

/** How a machine of the PC family is built. */
export interface PcBoard {
  /** Bytes of RAM below 4 GiB, of so many in all, where nothing else was set. */
  lowMemory(totalBytes: number): number;
  /** The host bridge, which has ROM or RAM below 1 MiB; without one, ROM is always there. */
  readonly bridge?: {
    isDevice(idstr: string): boolean;
    readonly pamOffset: number;
    readonly smramOffset: number;
  };
}

/** hw/i386/pc_piix.c, `pc_init`: machine types from 2.0 on align what is below 4 GiB to 1 GiB. */
export const i440fxBoard: PcBoard = {
  lowMemory: (total) => (total >= 3.5 * GIB ? 3 * GIB : total),
  bridge: { isDevice: (idstr) => idstr.endsWith('/I440FX'), pamOffset: 0x59, smramOffset: 0x72 },
};

/** hw/i386/pc_q35.c, `pc_q35_init`. */
export const q35Board: PcBoard = {
  lowMemory: (total) => (total >= 2.75 * GIB ? 2 * GIB : total),
  bridge: { isDevice: (idstr) => idstr.endsWith('/mch'), pamOffset: 0x90, smramOffset: 0x9d },
};

export const isapcBoard: PcBoard = { lowMemory: i440fxBoard.lowMemory };

/** hw/i386/microvm.c, `microvm_memory_init`. */
export const microvmBoard: PcBoard = { lowMemory: (total) => Math.min(total, 3 * GIB) };

/** Bytes of RAM below 4 GiB, where the clock's memory tells of another length than the board has by itself: `max-ram-below-4g`. */
export async function lowMemorySetByHand(
  snapshot: Snapshot,
  { base }: MachineMemory,
  { lowMemory }: PcBoard,
): Promise<number | undefined> {
  const total = totalLength(base);
  const low = await lowMemoryByCmos(snapshot, total);
  return low === lowMemory(total) ? undefined : low;
}

/** The layers of a machine of the PC family. */
export async function x86Layers(
  snapshot: Snapshot,
  { base, dimms }: MachineMemory,
  { lowMemory, bridge }: PcBoard,
): Promise<Layer[]> {
  const blockOf = (idstr: string) => snapshot.ramBlocks.find((block) => block.idstr === idstr);
  const total = totalLength(base);
  const low = (await lowMemoryByCmos(snapshot, total)) ?? lowMemory(total);
  const highEnd = FOUR_GIB + BigInt(total - low);
  const rom = [...optionRom(blockOf('pc.rom')), ...lowFirmware(blockOf('pc.bios'), blockOf('isa-bios'))];
  const config = bridge && (await readPciConfig(snapshot, bridge.isDevice));
  return [
    ...placeBlocks(base, 0, low, 0n),
    ...placeBlocks(base, low, total - low, FOUR_GIB),
    ...placeDimms(dimms, roundUp(highEnd, BigInt(GIB)), DIMM_ALIGNMENT),
    ...legacyVideo(snapshot, config?.[bridge?.smramOffset ?? 0]),
    ...rom,
    // Where the bridge has RAM in place of ROM, RAM comes on top again.
    ...(bridge && config ? shadowRam(base, config, bridge.pamOffset) : []),
    ...firmware(blockOf('pc.bios')),
    ...(await displayMemory(snapshot)),
  ];
}

function optionRom(block: RamBlock | undefined): Layer[] {
  return block === undefined ? [] : [whole(block, OPTION_ROM_ADDRESS)];
}

/** The end of the firmware, or a copy of it where the firmware itself is flash. */
function lowFirmware(bios: RamBlock | undefined, copy: RamBlock | undefined): Layer[] {
  const block = bios ?? copy;
  if (block === undefined) return [];
  const lengthBytes = Math.min(block.usedLength, LOW_FIRMWARE_BYTES);
  const address = ONE_MIB - BigInt(lengthBytes);
  return [{ address, lengthBytes, block, blockOffset: block.usedLength - lengthBytes }];
}

function firmware(block: RamBlock | undefined): Layer[] {
  return block === undefined ? [] : [whole(block, FOUR_GIB - BigInt(block.usedLength))];
}

function shadowRam(base: readonly RamBlock[], config: Uint8Array, pamOffset: number): Layer[] {
  const segments = pamSegments(config, pamOffset).filter(({ readsRam }) => readsRam);
  return segments.flatMap(({ address, lengthBytes }) =>
    placeBlocks(base, address, lengthBytes, BigInt(address)),
  );
}

const SMRAM_IS_OPEN = 0x40;

/** A VGA's window hides the RAM there, unless the bridge has it opened for the firmware. */
function legacyVideo({ ramBlocks }: Snapshot, smram = 0): Layer[] {
  const hasVga = ramBlocks.some(({ idstr }) => /(^|\/)vga\.vram$/.test(idstr));
  return hasVga && (smram & SMRAM_IS_OPEN) === 0 ? [LEGACY_VIDEO] : [];
}

/** Blocks that are memory of PCI display devices, and the BAR that each is behind. */
const DISPLAY_BLOCK = /^(.+)\/(vga\.vram|bochs-display-vram)$/;
const DISPLAY_BAR = 0;

async function displayMemory(snapshot: Snapshot): Promise<Layer[]> {
  const layers: Layer[] = [];
  for (const block of snapshot.ramBlocks) {
    const [, path] = DISPLAY_BLOCK.exec(block.idstr) ?? [];
    if (path === undefined) continue;
    const config = await readPciConfig(snapshot, (idstr) => idstr.startsWith(`${path}/`));
    const address = config && memoryBarAddress(config, DISPLAY_BAR);
    if (address !== undefined) layers.push(whole(block, address));
  }
  return layers;
}

function whole(block: RamBlock, address: bigint): Layer {
  return { address, lengthBytes: block.usedLength, block, blockOffset: 0 };
}
