import { derivePhysicalMap, findMachineMemory, findMaxRamBelow4g } from '@mapped-ram/facts';
import { formatOptions, MappedRamError } from '@mapped-ram/format';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { Destination } from '../destination.js';
import type { FitFinding } from '../fit-finding.js';
import type { MemoryPlace } from '../record/describe-memory.js';
import type { MachineRecord } from '../record/machine-record.js';
import { recordedModule } from '../record/recorded-module.js';

/**
 * Which blocks the guest had at other addresses than the destination has them, as a record tells, or else the file. QEMU looks for blocks by their names
 * and compares no address: another order of nodes, a node in place of a DIMM, or another `max-ram-below-4g` restores, and the guest finds memory that
 * was not there.
 *
 * @throws what reading device state throws
 */
export async function* compareMemoryPlaces(
  snapshot: Snapshot,
  record: MachineRecord | undefined,
  destination: Destination,
): AsyncGenerator<FitFinding, void, undefined> {
  const { memory: own } = destination;
  if (own === undefined) return;
  const saved = record?.memory ?? (await placesInFile(snapshot));
  if (saved === undefined) {
    yield* unknownPlaces(snapshot, own);
    return;
  }
  for (const block of snapshot.ramBlocks) {
    const { idstr, byteOffset } = block;
    const isOfBlock = (place: MemoryPlace) => place.block === idstr;
    const moved = findMoved(saved.filter(isOfBlock), own.filter(isOfBlock));
    if (moved === undefined) continue;
    const [from, to] = moved.map(hexadecimal);
    yield {
      ...{ code: 'memory-moved', outcome: 'wrong-memory', metAt: byteOffset, subject: idstr },
      message: `the guest had the memory ${idstr} at address ${from}, and the destination has it at ${to}: QEMU compares no addresses, and the guest finds other memory there`,
      help: await helpFor(block, snapshot, record),
    };
  }
}

/** Where the file itself says that the memory was; undefined where some of it is a guess. */
async function placesInFile(snapshot: Snapshot): Promise<readonly MemoryPlace[] | undefined> {
  try {
    const { ranges, assumptions } = await derivePhysicalMap(snapshot);
    if (assumptions.length > 0) return undefined;
    return ranges.map(({ address, lengthBytes, block, blockOffset }) => ({
      ...{ block: block.idstr, address: Number(address), lengthBytes, blockOffset },
    }));
  } catch (error) {
    if (error instanceof MappedRamError) return undefined;
    throw error;
  }
}

/** Without a record nobody knows where nodes and DIMMs were, unless their names say it, as libvirt's do. */
function* unknownPlaces(
  { ramBlocks, configuration }: Snapshot,
  own: readonly MemoryPlace[],
): Generator<FitFinding, void, undefined> {
  const { base, dimms, assumptions } = findMachineMemory(ramBlocks, configuration?.machine);
  if (assumptions.length === 0) return;
  const places = [...base, ...dimms].flatMap(({ idstr }) => own.find(({ block }) => block === idstr) ?? []);
  if (places.length < 2) return;
  places.sort((a, b) => a.address - b.address);
  const list = places.map(({ block, address }) => `${block} at ${hexadecimal(address)}`).join(', ');
  yield {
    ...{ code: 'memory-places-unknown', outcome: 'restores', metAt: 0 },
    message: `the file does not tell at which addresses the guest had its memory, and QEMU compares none: the destination has ${list}, and a guest that had them otherwise finds other memory there`,
    help: 'the same -numa node and DIMMs in the same order; mr save --record keeps where they were',
  };
}

function hexadecimal(address: number): string {
  return `0x${address.toString(16)}`;
}

/** The addresses, there and here, of the first byte that lies nowhere here where it lay there. A board may have RAM at two addresses. */
function findMoved(
  saved: readonly MemoryPlace[],
  own: readonly MemoryPlace[],
): readonly [number, number] | undefined {
  // Between two places nothing changes but where one begins.
  for (const { blockOffset } of [...saved, ...own]) {
    const from = addressesOf(blockOffset, saved);
    const to = addressesOf(blockOffset, own);
    if (from.length > 0 && to.length > 0 && !from.some((address) => to.includes(address)))
      return [Math.min(...from), Math.min(...to)];
  }
  return undefined;
}

function addressesOf(offset: number, places: readonly MemoryPlace[]): number[] {
  return places.flatMap(({ address, lengthBytes, blockOffset }) =>
    offset >= blockOffset && offset < blockOffset + lengthBytes ? [address + offset - blockOffset] : [],
  );
}

async function helpFor(
  block: RamBlock,
  snapshot: Snapshot,
  record: MachineRecord | undefined,
): Promise<string> {
  const module = record && recordedModule(record, block);
  if (module !== undefined) {
    const { type, id, place } = module;
    const at = place.addr === undefined ? {} : { addr: hexadecimal(place.addr) };
    return `-device ${formatOptions(type, { memdev: id, ...at })}`;
  }
  const { base } = findMachineMemory(snapshot.ramBlocks, snapshot.configuration?.machine);
  if (base.length > 1) return 'the same -numa node in the same order, as mr command writes them';
  const lowBytes = await findMaxRamBelow4g(snapshot);
  return lowBytes === undefined ? 'no max-ram-below-4g=' : `-machine max-ram-below-4g=${lowBytes}`;
}
