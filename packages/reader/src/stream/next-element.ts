import { commands, MappedRam, SectionType } from '@mapped-ram/format';
import { contentsErrorOf } from '../contents-error.js';
import type { SourceWindow } from '../window.js';
import { untilNul } from './until-nul.js';

/** Versions of real sections have one or two digits. */
const MAX_PLAUSIBLE_VERSION = 0xffff;

/** The type byte of a vmdescription, its length, and the first byte of the JSON. */
const FRAME_START_BYTES = 6;

/**
 * Whether an element of the stream seems to start at an offset. Where a body does not say how long it is, this tells a
 * right end from a wrong one.
 *
 * @param startedIds Ids of the sections that may be continued.
 * @param trustsEnd Whether an end marker needs nothing behind it to be believed, and the end of the file is as good.
 */
export async function seemsElement(
  window: SourceWindow,
  byteOffset: number,
  startedIds: ReadonlyMap<number, string>,
  trustsEnd: boolean,
): Promise<boolean> {
  try {
    switch (await window.byteAt(byteOffset)) {
      case SectionType.start:
      case SectionType.full:
        return await seemsOpening(window, byteOffset + 1);
      case SectionType.part:
      case SectionType.end: {
        const { value } = await window.parse(
          byteOffset + 1,
          (io) => new MappedRam.ContinuingSectionHeader(io),
        );
        return startedIds.has(value.sectionId);
      }
      case SectionType.command: {
        const { value } = await window.parse(byteOffset + 1, (io) => new MappedRam.Command(io));
        return commands.has(value.command);
      }
      case SectionType.eof: {
        const behind = await window.bytes(byteOffset + 1, FRAME_START_BYTES);
        return trustsEnd || behind.length === 0 || seemsFrame(behind);
      }
      case undefined:
        return trustsEnd;
      default:
        return false;
    }
  } catch (error) {
    contentsErrorOf(error);
    return false;
  }
}

async function seemsOpening(window: SourceWindow, byteOffset: number): Promise<boolean> {
  const { value } = await window.parse(byteOffset, (io) => new MappedRam.OpeningSectionHeader(io));
  return /^[!-~][ -~]*$/.test(untilNul(value.idstr)) && value.versionId <= MAX_PLAUSIBLE_VERSION;
}

function seemsFrame(bytes: Uint8Array): boolean {
  return bytes[0] === SectionType.vmdescription && bytes[FRAME_START_BYTES - 1] === '{'.charCodeAt(0);
}
