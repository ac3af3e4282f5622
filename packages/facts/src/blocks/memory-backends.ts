import type { RamBlock } from '@mapped-ram/reader';

/** Old machine types name a user's memory backend by its whole path. */
const OBJECT_PREFIX = '/objects/';

/** What QEMU takes as the id of an object (QEMU: util/id.c, `id_wellformed`). */
const OBJECT_ID = /^[A-Za-z][A-Za-z0-9._-]*$/;

/** What libvirt, and most people, call the memory of a NUMA node. */
const NODE_ID = /^ram-node\d+$/;

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
  // What it is called in clones for libvirt.
  'mr.ram',
]);

/** Machines all of whose own blocks are known, so that any other block must be a user's. */
const KNOWN_MACHINES = /^(pc-|isapc$|microvm$|virt(-|$)|s390-ccw-virtio-|pseries-|none$)/;

/** The blocks that those machines have beside their main RAM, where no device's path comes before the name. */
const BOARD_BLOCK =
  /^(pc\.bios|pc\.rom|isa-bios|vga\.vram|system\.flash\d|virt\.flash\d|riscv_virt_board\.mrom|mach-virt\.tag|mach-virt\.secure.*)$/;

/** Whether it is known what else QEMU has in such a machine, so that what is said of its blocks can be trusted. */
export function isKnownMachine(machine: string | undefined): boolean {
  return machine !== undefined && KNOWN_MACHINES.test(machine);
}

/** The id of the memory backend that stands for a block; undefined where none can: the block is a device's. */
export function objectIdOf({ idstr }: Pick<RamBlock, 'idstr'>): string | undefined {
  const id = hasObjectPath(idstr) ? idstr.slice(OBJECT_PREFIX.length) : idstr;
  return OBJECT_ID.test(id) ? id : undefined;
}

/** Whether a block is named by its object's path, as machine types before 4.1 do. */
export function hasObjectPath(idstr: string): boolean {
  return idstr.startsWith(OBJECT_PREFIX);
}

/**
 * The blocks that a memory backend can stand for: the machine's main RAM, and what a user's own memory backend was (NUMA nodes,
 * DIMMs). Blocks of devices (their path is in the name), ROMs and flash are not among them: QEMU makes these itself.
 *
 * @param machine Machine type; where it is not known, only main RAM is recognised.
 */
export function findMemoryBackends(blocks: readonly RamBlock[], machine: string | undefined): RamBlock[] {
  return blocks.filter((block) => {
    const id = objectIdOf(block);
    if (id === undefined || BOARD_BLOCK.test(id)) return false;
    return MAIN_RAM_IDS.has(id) || hasObjectPath(block.idstr) || isKnownMachine(machine);
  });
}

/**
 * The machine's main RAM among memory backends, where it is one block: by its name; or, under a name of the user's, the only
 * one. With memory in NUMA nodes there is none.
 */
export function findMainRam(backends: readonly RamBlock[]): RamBlock | undefined {
  const named = backends.find((block) => MAIN_RAM_IDS.has(objectIdOf(block) ?? ''));
  if (named !== undefined) return named;
  const [only, ...others] = backends;
  return only !== undefined && others.length === 0 && !isNumaNode(only) ? only : undefined;
}

/** Whether a block's name says that it is the memory of a NUMA node. */
export function isNumaNode(block: Pick<RamBlock, 'idstr'>): boolean {
  return NODE_ID.test(objectIdOf(block) ?? '');
}
