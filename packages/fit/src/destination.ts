import type { QemuRamBlock } from '@mapped-ram/qmp';
import type { MemoryPlace } from './record/describe-memory.js';

/** The state of one device of a destination, as it would save it. */
export interface DestinationState {
  readonly idstr: string;
  readonly instanceId: number;
  readonly versionId: number;
  /** The state's bytes in base64. */
  readonly body: string;
}

/**
 * What a machine would accept: all that a QEMU tells of itself before it has loaded anything. It is plain JSON, to be stored and
 * compared later.
 */
export interface Destination {
  readonly format: 'mapped-ram-destination';
  readonly version: 1;
  /** QEMU's release, such as `10.0`. */
  readonly release: string;
  /** QEMU's version with the distributor's words. */
  readonly qemu: string;
  /** The suffix of `qemu-system-`. */
  readonly target: string;
  /** The machine type as a stream names it. */
  readonly machine: string;
  /** Its UUID, if it was given one; compared with the file's, which is in the file where `validate-uuid` was on (migration/savevm.c, `vmstate_uuid_post_load`). */
  readonly uuid?: string;
  /** As many processors as it can have, where it says so. */
  readonly processors?: number;
  /** As `-cpu` calls its model. */
  readonly processorModel?: string;
  /** What an x86 processor can do: `cpuid 0x1 ecx 0x80002001`. */
  readonly processorFeatures?: readonly string[];
  /** Lengths in bytes. */
  readonly blocks: readonly Pick<QemuRamBlock, 'idstr' | 'usedLength' | 'maxLength'>[];
  /** Where its guest sees main RAM and the memory of nodes and DIMMs, where it says so. */
  readonly memory?: readonly MemoryPlace[];
  /** In the order in which it would save them; empty where it writes them without footers, so that nothing tells them apart. */
  readonly states: readonly DestinationState[];
}

/**
 * Reads a stored description.
 *
 * @throws TypeError where it is none, or of a later version
 */
export function parseDestination(text: string): Destination {
  let value: Partial<Destination>;
  try {
    value = JSON.parse(text) as Partial<Destination>;
  } catch (cause) {
    throw new TypeError('it is not JSON', { cause });
  }
  if (value?.format !== 'mapped-ram-destination')
    throw new TypeError('it is not the description of a destination');
  if (value.version !== 1) throw new TypeError(`it has version ${value.version}, and version 1 is known`);
  const isText = [value.release, value.qemu, value.target, value.machine].every(
    (one) => typeof one === 'string',
  );
  const isCount = value.processors === undefined || Number.isSafeInteger(value.processors);
  const isModel = [value.processorModel, value.uuid].every(
    (one) => one === undefined || typeof one === 'string',
  );
  const { processorFeatures: features } = value;
  const areFeatures =
    features === undefined || (Array.isArray(features) && features.every((one) => typeof one === 'string'));
  const arePlaces = value.memory === undefined || isList(value.memory, isPlace);
  if (!isModel || !areFeatures || !arePlaces) throw new TypeError('the description is damaged');
  if (!isText || !isCount || !isList(value.blocks, isBlock) || !isList(value.states, isState)) {
    throw new TypeError('the description is damaged');
  }
  return value as Destination;
}

function isList<T>(value: unknown, isElement: (one: T) => boolean): boolean {
  return (
    Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null && isElement(one))
  );
}

function isBlock({ idstr, usedLength, maxLength }: Partial<QemuRamBlock>): boolean {
  return typeof idstr === 'string' && Number.isSafeInteger(usedLength) && Number.isSafeInteger(maxLength);
}

function isPlace({ block, address, lengthBytes, blockOffset }: Partial<MemoryPlace>): boolean {
  return typeof block === 'string' && [address, lengthBytes, blockOffset].every(Number.isSafeInteger);
}

function isState({ idstr, instanceId, versionId, body }: Partial<DestinationState>): boolean {
  const areNumbers = Number.isSafeInteger(instanceId) && Number.isSafeInteger(versionId);
  return typeof idstr === 'string' && areNumbers && typeof body === 'string';
}
