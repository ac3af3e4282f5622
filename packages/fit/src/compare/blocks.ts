import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import type { Destination } from '../destination.js';
import type { FitFinding } from '../fit-finding.js';
import type { MendingOptions } from './mending-options.js';

/** Whether the destination has the file's memory: every block by name, and long enough for every page that is set. */
export async function* compareBlocks(
  snapshot: Snapshot,
  destination: Destination,
  mending: MendingOptions,
): AsyncGenerator<FitFinding, void, undefined> {
  const own = new Map(destination.blocks.map((block) => [block.idstr, block]));
  for (const block of snapshot.ramBlocks) {
    const { idstr, usedLength } = block;
    const there = own.get(idstr);
    own.delete(idstr);
    if (there === undefined) {
      yield {
        ...{ code: 'block-missing', outcome: 'refused', metAt: block.byteOffset, subject: idstr },
        message: `the file has memory ${idstr}, and the destination has none of that name`,
        help: (await mending.deviceFor(idstr)) ?? missingHelp(idstr),
        qemu: `Unknown ramblock "${idstr}", cannot accept migration`,
      };
    } else if (there.usedLength !== usedLength) {
      yield await otherLength(snapshot, block, there);
    }
  }
  for (const { idstr } of own.values()) {
    yield {
      ...{ code: 'block-extra', outcome: 'restores', metAt: 0, subject: idstr },
      message: `the destination has memory ${idstr}, of which nothing is in the file: it stays as it is`,
    };
  }
}

/** With mapped-ram QEMU does not compare lengths: it looks whether each page that is set lies within the block. */
async function otherLength(
  snapshot: Snapshot,
  block: RamBlock,
  there: Destination['blocks'][number],
): Promise<FitFinding> {
  const { idstr, usedLength } = block;
  const message = `the memory ${idstr} has ${usedLength} bytes in the file and ${there.usedLength} in the destination`;
  const place = { code: 'block-length', metAt: block.headerOffset, subject: idstr } as const;
  const help = lengthHelp(idstr, usedLength);
  if (there.usedLength < usedLength && (await hasPageBeyond(snapshot, block, there.usedLength))) {
    return {
      ...{ ...place, outcome: 'refused', message: `${message}, and pages lie beyond it`, help },
      qemu: `page outside of ramblock ${idstr} range`,
    };
  }
  const consequence = there.usedLength < usedLength ? 'no page lies beyond it' : 'the file fills its start';
  return { ...place, outcome: 'restores', message: `${message}; ${consequence}`, help };
}

async function hasPageBeyond(snapshot: Snapshot, block: RamBlock, lengthBytes: number): Promise<boolean> {
  if (block.ignored || block.pageSize === 0) return false;
  const firstPage = Math.floor(lengthBytes / block.pageSize);
  for await (const batch of snapshot.runs(block, { firstPage })) if (batch.length > 0) return true;
  return false;
}

function missingHelp(idstr: string): string {
  const [, place, rom] = /^([0-9a-f:.]+)\/(.*\.rom)$/.exec(idstr) ?? [];
  if (rom !== undefined)
    return `give the destination that card in that slot (${place}), with its ROM: romfile=FILE`;
  if (idstr.endsWith('.rom'))
    return 'give the destination the card with its ROM: romfile=FILE, in the same slot: addr=N';
  if (idstr.includes('vga')) return 'give the destination the same display device, in the same slot';
  if (idstr === 'pc.bios' || idstr === 'pc.rom')
    return 'start it with the same kind of firmware: -bios, -drive if=pflash';
  return 'start it with the machine, memory backends and devices that were saved';
}

function lengthHelp(idstr: string, lengthBytes: number): string {
  const mebibytes = lengthBytes / 2 ** 20;
  if (idstr.endsWith('vga.vram')) return `vgamem_mb=${mebibytes}`;
  if (idstr.endsWith('.rom')) return `romfile= with the file that was used, or romsize=${lengthBytes}`;
  if (idstr.endsWith('.bios')) return '-bios with the firmware that was used';
  if (/\.ram$/.test(idstr))
    return Number.isInteger(mebibytes) ? `-m ${mebibytes}M` : `-m ${lengthBytes / 1024}K`;
  return `a block of ${lengthBytes} bytes: the size= of its memory backend`;
}
