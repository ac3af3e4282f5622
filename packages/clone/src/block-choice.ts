import type { RamBlock } from '@mapped-ram/reader';

/** Old machine types name a user's memory backend by its whole path. */
const OBJECT_PREFIX = '/objects/';

/** What QEMU takes as the id of an object (QEMU: util/id.c, `id_wellformed`). */
const OBJECT_ID = /^[A-Za-z][A-Za-z0-9._-]*$/;

/** Names of the main RAM of every machine that has it in one block (QEMU 10.0 to 11.1, `query-machines`: default-ram-id). */
const MAIN_RAM_IDS: ReadonlySet<string> = new Set([
  ...['pc.ram', 'microvm.ram', 'mach-virt.ram', 's390.ram', 'ppc_spapr.ram', 'riscv_virt_board.ram', 'ram'],
  ...['pnv.ram', 'ppc_core99.ram', 'ppc_heathrow.ram', 'ppc4xx.sdram', 'mpc8544ds.ram', 'pegasos2.ram'],
  ...['sbsa-ref.ram', 'vexpress.highmem', 'versatile.ram', 'integrator.ram', 'highbank.dram', 'mps.ram'],
  ...[
    'sabrelite.ram',
    'mcimx6ul-evk.ram',
    'mcimx7d-sabre.ram',
    'imx8mp-evk.ram',
    'imx8mm-evk.ram',
    'imx25.ram',
  ],
  ...['zynq.ext_ram', 'ddr-ram', 'kzm.ram', 'orangepi.ram', 'cubieboard.ram', 'bpim2u.ram', 'musicpal.ram'],
  ...['omap1.dram', 'strongarm.sdram', 'riscv.spike.ram', 'riscv.sifive.u.ram', 'riscv.sifive.e.ram', 'DDR'],
  ...['riscv.shakti.c.ram', 'microchip.icicle.kit.ram', 'riscv.K230.ram', 'boston.ddr', 'ddr'],
  ...['xiangshan.kunminghu.ram', 'tt_atlantis.ram'],
]);

/** Machines all of whose own blocks are known, so that any other block must be a user's. */
const KNOWN_MACHINES = /^(pc-|isapc$|microvm$|virt(-|$)|s390-ccw-virtio-|pseries-|none$)/;

/** The blocks that those machines have beside their main RAM, where no device's path stands before the name. */
const BOARD_BLOCK =
  /^(pc\.bios|pc\.rom|isa-bios|vga\.vram|system\.flash\d|virt\.flash\d|riscv_virt_board\.mrom|mach-virt\.tag|mach-virt\.secure.*)$/;

/** Which blocks are mapped into a clone, and which of them is the machine's main RAM. */
export interface BlockChoice {
  readonly mapped: readonly RamBlock[];
  /** The block that `-machine memory-backend=` names; absent where the memory is in NUMA nodes or cannot be told. */
  readonly mainRam?: RamBlock | undefined;
}

/** What the rule cannot know, or what the user wants otherwise. */
export interface BlockWishes {
  /** The ids of exactly those blocks that shall be mapped; the rule decides if not given. */
  readonly blocks?: readonly string[] | undefined;
  /** The id of the block that is the machine's main RAM, `none` if the machine has none; the rule decides if not given. */
  readonly mainRam?: string | undefined;
}

/**
 * Chooses the blocks that a memory backend can stand for: the machine's main RAM, and what a user's own memory backend
 * was (NUMA nodes, DIMMs). Blocks of devices (their path is in the name), ROMs and flash are not among them: QEMU makes
 * these itself.
 *
 * @param machine Machine type; where it is not known, only main RAM is recognised.
 * @throws RangeError where a wish names a block that is not there or that no backend can stand for.
 */
export function chooseBlocks(
  blocks: readonly RamBlock[],
  machine: string | undefined,
  wishes: BlockWishes = {},
): BlockChoice {
  const mapped =
    wishes.blocks === undefined
      ? blocks.filter((block) => isBackend(block, machine))
      : wishes.blocks.map((idstr) => findBackend(blocks, idstr));
  if (wishes.mainRam === 'none') return { mapped };
  if (wishes.mainRam !== undefined) return { mapped, mainRam: findBackend(mapped, wishes.mainRam) };
  return { mapped, mainRam: findMainRam(mapped) };
}

/** The id of the object that stands for a block; undefined where none can. */
export function objectIdOf({ idstr }: RamBlock): string | undefined {
  const id = hasObjectPath(idstr) ? idstr.slice(OBJECT_PREFIX.length) : idstr;
  return OBJECT_ID.test(id) ? id : undefined;
}

/** Whether a block is named by its object's path, as machine types before 4.1 do. */
export function hasObjectPath(idstr: string): boolean {
  return idstr.startsWith(OBJECT_PREFIX);
}

/** Whether it is known what else QEMU has in such a machine's memory, so that the rule and the mapping can be trusted. */
export function isKnownMachine(machine: string | undefined): boolean {
  return machine !== undefined && KNOWN_MACHINES.test(machine);
}

function isBackend(block: RamBlock, machine: string | undefined): boolean {
  const id = objectIdOf(block);
  if (id === undefined || BOARD_BLOCK.test(id)) return false;
  return MAIN_RAM_IDS.has(id) || hasObjectPath(block.idstr) || isKnownMachine(machine);
}

function findBackend(blocks: readonly RamBlock[], idstr: string): RamBlock {
  const block = blocks.find((candidate) => candidate.idstr === idstr);
  if (block === undefined) {
    throw new RangeError(`there is no block ${idstr} among ${blocks.map((one) => one.idstr).join(', ')}`);
  }
  if (objectIdOf(block) === undefined)
    throw new RangeError(`${idstr} is a device's block: no memory backend can be it`);
  return block;
}

/** By its name; or, under a name of the user's, the only one. QEMU refuses a main RAM beside NUMA nodes with memory. */
function findMainRam(mapped: readonly RamBlock[]): RamBlock | undefined {
  const named = mapped.find((block) => MAIN_RAM_IDS.has(objectIdOf(block) ?? ''));
  if (named !== undefined) return named;
  const [only, ...others] = mapped;
  return others.length === 0 && !/^ram-node\d+$/.test(only?.idstr ?? '') ? only : undefined;
}
