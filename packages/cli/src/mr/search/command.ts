import { derivePhysicalMap, type PhysicalMap } from '@mapped-ram/facts';
import { MappedRamError } from '@mapped-ram/format';
import { AddressBook, type BlockMatch, findLinuxGuest, type GuestAddresses } from '@mapped-ram/guest';
import { MAX_CHANNELS } from '@mapped-ram/multifd/limits';
import type { RamBlock, Snapshot } from '@mapped-ram/reader';
import { classicStreamOf } from '@mapped-ram/transform';
import type { Command } from '../../shared/command.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { lastValue } from '../../shared/option-values.js';
import { toChannels } from '../../shared/page-reading.js';
import { printable, printableJson } from '../../shared/printable.js';
import { formatNumber } from '../../shared/quantities.js';
import { UsageError } from '../../shared/usage-error.js';
import { aboutFile } from '../file-error.js';
import { formatOption, inputOptions, wantsJson } from '../file-options.js';
import { guestOptions, vmcoreinfoOption } from '../guest-options.js';
import { withProgress } from '../progress.js';
import { readingGroup, readingOptions, withSnapshotFile } from '../snapshot-file.js';
import { patternOf } from './pattern-of.js';
import { partsOf, searchPart } from './search-part.js';
import { searchParts } from './search-parts.js';

const DEFAULT_LIMIT = 1000;

type Match = BlockMatch & GuestAddresses;

/** `mr search` */
export const searchCommand: Command = {
  arguments: '[options] FILE PATTERN',
  description:
    'Finds text, bytes or a regular expression in guest memory, and tells where: in which block, at which guest-physical address, and, in a ' +
    'Linux guest, at which address of its kernel. It reads what is in the snapshot, run by run.',
  optionGroups: [
    {
      title: 'What to look for',
      options: [
        { name: 'hex', help: 'PATTERN is bytes in hexadecimal digits: 7f454c46.' },
        {
          name: 'regexp',
          short: 'E',
          help: 'PATTERN is a regular expression over bytes, as Latin-1; a match has at most 1024.',
        },
        { name: 'ignore-case', short: 'i', help: 'Large and small letters are alike.' },
        { name: 'utf16', help: 'PATTERN is text in UTF-16, as Windows guests have it.' },
        { name: 'block', value: 'ID', help: 'Only in this block. mr info lists them.' },
        { name: 'limit', value: 'N', help: `Stop after so many matches; ${DEFAULT_LIMIT} by default.` },
        vmcoreinfoOption,
      ],
    },
    {
      title: 'How to work',
      options: [
        {
          name: 'channels',
          value: 'N',
          help: `Threads that search, 1 to ${MAX_CHANNELS}; by default one a processor, for a large file. A container has one.`,
        },
      ],
    },
    readingGroup,
    { title: 'What to print', options: [formatOption] },
  ],
  exitStatus: [
    ['0', 'it was found'],
    ['1', 'it was not found'],
    ['2', 'a file or an option could not be used'],
  ],
  examples: [
    ["mr search guest.mr 'Linux version'", 'text'],
    ['mr search --hex guest.mr 7f454c46', 'ELF headers'],
    ["mr search -E guest.mr 'root:[^:]*:0:'", 'a regular expression'],
  ],
  async run(line, { terminal, signal, program }) {
    const [path, wanted, ...others] = line.paths;
    if (path === undefined || wanted === undefined || others.length > 0)
      throw new UsageError(`FILE and PATTERN are needed, and ${line.paths.length} arguments were given`);
    const pattern = patternOf(wanted, line.flags);
    const limit = limitOf(lastValue(line, 'limit'));
    const idstr = lastValue(line, 'block');
    const channelCount = lastValue(line, 'channels');
    const channels = channelCount === undefined ? undefined : toChannels(channelCount);
    const isJson = wantsJson(line);
    const find = await guestOptions(line);
    return withSnapshotFile(path, { ...readingOptions(line), signal }, async ({ snapshot, source }) => {
      const blocks = snapshot.ramBlocks.filter((block) => idstr === undefined || block.idstr === idstr);
      if (blocks.length === 0) throw new UsageError(`there is no block ${idstr} in ${path}`);
      const matches: Match[] = [];
      const search = async (onProgress: (progress: { doneBytes: number; totalBytes: number }) => void) => {
        let doneBytes = 0;
        let totalBytes = 0;
        for (const block of blocks) totalBytes += (await snapshot.countSetPages(block)) * block.pageSize;
        const found = searchParts(snapshot, partsOf(snapshot, blocks), {
          setup: { path, open: inputOptions(line), wanted, flags: line.flags, limit },
          inPlace: classicStreamOf(source) === undefined,
          ...{ channels, totalBytes, literal: pattern.literal, signal },
          searchHere: (part) => searchPart(snapshot, part, pattern, limit),
        });
        // Looking for a kernel takes as long as searching: only for something that has an address.
        let book: AddressBook | undefined;
        for await (const { blockIndex, matches: some, searchedBytes } of found) {
          const block = snapshot.ramBlocks[blockIndex] as RamBlock;
          for (const match of some.slice(0, limit - matches.length)) {
            book ??= await addressBook(snapshot, find);
            matches.push({ ...match, block, ...book.find(block, match.blockOffset) });
          }
          if (matches.length >= limit) return;
          doneBytes += searchedBytes;
          onProgress({ doneBytes, totalBytes });
        }
      };
      await aboutFile(path, withProgress(terminal, path, search));
      if (isJson) terminal.stdout.write(printableJson({ version: 1, path, matches: matches.map(matchJson) }));
      else terminal.stdout.write(matches.map((match) => `${matchLine(match)}\n`).join(''));
      if (matches.length >= limit)
        terminal.stderr.write(
          `${program}: stopped after ${formatNumber(limit)} ${limit === 1 ? 'match' : 'matches'}; --limit says how many\n`,
        );
      return matches.length > 0 ? ExitStatus.ok : ExitStatus.errorsFound;
    });
  },
};

/** Addresses as far as they are known: without a map or a kernel there are blocks and offsets alone. */
async function addressBook(
  snapshot: Snapshot,
  find: Awaited<ReturnType<typeof guestOptions>>,
): Promise<AddressBook> {
  const map = await ifKnown<PhysicalMap>(derivePhysicalMap(snapshot));
  const guest = map && (await ifKnown(findLinuxGuest(snapshot, { ...find, map })));
  return AddressBook.open(map?.ranges ?? [], guest);
}

async function ifKnown<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof MappedRamError && error.code === 'unsupported') return undefined;
    throw error;
  }
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--limit cannot be ${JSON.stringify(text)}`);
  return Number(text);
}

function hex(address: bigint | undefined): string {
  return address === undefined ? '-' : `0x${address.toString(16)}`;
}

function matchLine({ block, blockOffset, physicalAddress, virtualAddress, preview }: Match): string {
  const shown = [...preview].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
  const place = `${printable(block.idstr)}+0x${blockOffset.toString(16)}`;
  return `${hex(physicalAddress).padEnd(14)} ${hex(virtualAddress).padEnd(18)} ${place}  ${shown.join('')}`;
}

function matchJson({ block, blockOffset, lengthBytes, physicalAddress, virtualAddress, preview }: Match) {
  return {
    block: block.idstr,
    blockOffset,
    lengthBytes,
    physicalAddress: physicalAddress === undefined ? null : hex(physicalAddress),
    virtualAddress: virtualAddress === undefined ? null : hex(virtualAddress),
    preview: [...preview].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
}
