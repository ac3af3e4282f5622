import { IGNORE_SHARED_CAPABILITY, MAPPED_RAM_CAPABILITY } from '@mapped-ram/format';
import type { BlockLayout, SnapshotLayout } from './layout.js';
import {
  type ConfigurationFields,
  command,
  configurationSection,
  continuing,
  endMarker,
  eosWord,
  footer,
  ramStart,
  streamHeader,
  vmdescriptionHeader,
} from './stream/elements.js';
import type { StreamPart } from './stream-part.js';

const SWITCHOVER_START = 11;

/** What a new snapshot shall be. */
export interface SnapshotDescription extends Pick<ConfigurationFields, 'uuid' | 'targetPageBits'> {
  /** Machine type; without one there is no configuration section, and nothing says that the stream is a mapped-ram one. */
  readonly machine?: string | undefined;
  /** Blocks with a guest-physical address, all or none, make it a stream with `x-ignore-shared`. */
  readonly blocks: readonly BlockLayout[];
  /** Where the stream starts in the file, in bytes; 0 if not given. */
  readonly streamOffset?: number | undefined;
  /** Id of the ram section, which no section in `devices` may have; 1 if not given. */
  readonly ramSectionId?: number | undefined;
  /** Whether sections end with a footer; they do if not given. */
  readonly footers?: boolean | undefined;
  /** Whether the command SWITCHOVER_START is in the stream: machine types of 10.0 and later have it. Off if not given. */
  readonly switchoverStart?: boolean | undefined;
  /** Whole sections with the state of devices, with their footers. */
  readonly devices?: readonly StreamPart[] | undefined;
  /**
   * JSON that describes those sections. If not given, one that describes none is written where there are no `devices`. With `devices` none is:
   * only who made them can tell what is in them, and QEMU restores without, though it warns ("Expected vmdescription section, but got 0").
   */
  readonly vmdescription?: Uint8Array | undefined;
}

/**
 * The layout of a new snapshot, its stream as QEMU writes one of a paused machine: START, PART, END of the
 * ram state, device state, end marker, vmdescription.
 *
 * @throws RangeError where a name is too long, or only some blocks have a guest-physical address.
 */
export function describeSnapshot(description: SnapshotDescription): SnapshotLayout {
  const { machine, uuid, targetPageBits, blocks, ramSectionId = 1 } = description;
  const addressed = blocks.filter(({ guestPhysicalAddress }) => guestPhysicalAddress !== undefined).length;
  if (addressed !== 0 && addressed !== blocks.length) {
    throw new RangeError('either every block has a guest-physical address, or none has');
  }
  const capabilities = [...(addressed > 0 ? [IGNORE_SHARED_CAPABILITY] : []), MAPPED_RAM_CAPABILITY];
  const head: Uint8Array[] = [streamHeader()];
  if (machine !== undefined) head.push(configurationSection({ machine, capabilities, uuid, targetPageBits }));
  const end = description.footers === false ? [] : [footer(ramSectionId)];
  const tail: StreamPart[] = [eosWord(), ...end];
  if (blocks.length > 0) tail.push(continuing('part', ramSectionId), eosWord(), ...end);
  if (description.switchoverStart === true) tail.push(command(SWITCHOVER_START));
  tail.push(continuing('end', ramSectionId), eosWord(), ...end);
  tail.push(...(description.devices ?? []), endMarker());
  const vmdescription = description.vmdescription ?? describeNoDevices(description);
  if (vmdescription !== undefined) tail.push(vmdescriptionHeader(vmdescription.length), vmdescription);
  return { streamOffset: description.streamOffset, head: [...head, ramStart(ramSectionId)], blocks, tail };
}

/** As QEMU describes a machine without devices (migration/savevm.c, `qemu_savevm_state_complete_precopy_non_iterable`). */
function describeNoDevices({ blocks, devices }: SnapshotDescription): Uint8Array | undefined {
  const [block] = blocks;
  if (devices !== undefined || block === undefined) return undefined;
  return new TextEncoder().encode(JSON.stringify({ page_size: block.pageSize, devices: [] }));
}
