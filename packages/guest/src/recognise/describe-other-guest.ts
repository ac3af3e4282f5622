import { architectureOf, findMachineMemory, type PhysicalMap, readDevices } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import type { Snapshot } from '@mapped-ram/reader';
import { x86Paging } from '../paging/x86-paging.js';
import { searchBlock } from '../search/search-memory.js';
import { SYSTEM_MARKS } from './system-marks.js';

/** Memory that is looked at for each system, at most. */
const MAX_BYTES = 4 * 2 ** 30;

/** Places that are looked at for each system, at most. */
const MAX_PLACES = 100_000;

/** What a guest without a known Linux kernel is, as far as its memory tells, and what still works with it, in sentences for people. */
export async function describeOtherGuest(snapshot: Snapshot, map: PhysicalMap): Promise<string> {
  const system = (await recogniseSystem(snapshot)) ?? ((await isFirmware(snapshot)) ? FIRMWARE : undefined);
  const what = system === undefined ? '' : `; it seems to be ${system}`;
  return `no Linux kernel was found in guest memory (VMCOREINFO is not there)${what}. ${stillWorks(snapshot, map)}`;
}

const FIRMWARE = 'firmware or a boot loader: no processor has paging on';

/** The operating system by what is in its memory; undefined where nothing tells. */
export async function recogniseSystem(snapshot: Snapshot): Promise<string | undefined> {
  const { base } = findMachineMemory(snapshot.ramBlocks, snapshot.configuration?.machine);
  const blocks = base.length > 0 ? base : snapshot.ramBlocks;
  for (const { pattern, name } of SYSTEM_MARKS) {
    let bytesLeft = MAX_BYTES;
    let placesLeft = MAX_PLACES;
    const onSearched = (lengthBytes: number) => {
      bytesLeft -= lengthBytes;
    };
    for (const block of blocks) {
      if (block.ignored) continue;
      for await (const { preview } of searchBlock(snapshot, block, pattern, { onSearched })) {
        const found = name(new TextDecoder('latin1').decode(preview));
        if (found !== undefined) return found;
        if (--placesLeft <= 0 || bytesLeft <= 0) break;
      }
    }
  }
  return undefined;
}

/** Whether no processor translates addresses, which every operating system has them do. */
async function isFirmware(snapshot: Snapshot): Promise<boolean> {
  if (architectureOf(snapshot) !== 'x86') return false;
  try {
    const processors = await readDevices(snapshot, 'cpu');
    return processors.length > 0 && processors.every((processor) => !x86Paging(processor).isOn);
  } catch (error) {
    if (error instanceof MappedRamError && error.code !== 'read-failed') return false;
    throw error;
  }
}

/** What can be done with such a guest: its memory by address, as volatility3 takes it. */
function stillWorks(snapshot: Snapshot, { ranges }: PhysicalMap): string {
  const { base } = findMachineMemory(snapshot.ramBlocks, snapshot.configuration?.machine);
  const last = ranges.filter(({ block }) => base.includes(block)).at(-1);
  const elf = 'mr extract --elf gives a core, and mr search finds what is in it';
  if (last === undefined) return elf;
  const end = last.address + BigInt(last.lengthBytes) - 1n;
  return `${elf}; mr extract --range 0-0x${end.toString(16)} gives its memory raw, by address, as volatility3 takes it`;
}
