import { MappedRamError } from '@mapped-ram/format';
import type { OpeningSection, Snapshot, StateNode } from '@mapped-ram/reader';

/** The fields of a device's state by their names, those of its subsections among them. */
export class StateFields {
  readonly #nodes = new Map<string, StateNode>();
  readonly #name: string;

  constructor(state: StateNode) {
    this.#name = state.name;
    this.#collect(state);
  }

  /** Whether there is such a field. */
  has(name: string): boolean {
    return this.#nodes.has(name);
  }

  /** @throws MappedRamError `unsupported` where there is no such integer. */
  integer(name: string): bigint {
    const value = this.#nodes.get(name)?.value;
    return typeof value === 'bigint' ? value : this.#missing(name);
  }

  /** An integer, or 0 where a machine without the feature has no such field. */
  integerOrZero(name: string): bigint {
    return this.has(name) ? this.integer(name) : 0n;
  }

  /** @throws MappedRamError `unsupported` where there is no such array of integers. */
  integers(name: string): readonly bigint[] {
    const value = this.#nodes.get(name)?.value;
    const isArray = Array.isArray(value) && value.every((element) => typeof element === 'bigint');
    return isArray ? (value as readonly bigint[]) : this.#missing(name);
  }

  /** A view. @throws MappedRamError `unsupported` where there are no such bytes. */
  bytes(name: string): Uint8Array {
    const value = this.#nodes.get(name)?.value;
    return value instanceof Uint8Array ? value : this.#missing(name);
  }

  /** Bytes that stand for a number, the first one the highest. @throws MappedRamError `unsupported` */
  bytesAsInteger(name: string): bigint {
    return this.bytes(name).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  }

  /** A truth value; false where there is no such field. */
  boolean(name: string): boolean {
    return this.#nodes.get(name)?.value === true;
  }

  /** @throws MappedRamError `unsupported` where there is no such struct. */
  struct(name: string): StateFields {
    const node = this.#nodes.get(name);
    return node?.children === undefined ? this.#missing(name) : new StateFields(node);
  }

  #collect({ children = [] }: StateNode): void {
    for (const child of children) {
      if (child.type === 'subsection') this.#collect(child);
      else if (!this.#nodes.has(child.name)) this.#nodes.set(child.name, child);
    }
  }

  #missing(name: string): never {
    throw new MappedRamError('unsupported', {
      what: `the state of ${this.#name} has no ${name} as it is known`,
    });
  }
}

/**
 * The states of all devices of one name, by their instances.
 *
 * @returns Without those that the vmdescription does not describe.
 * @throws MappedRamError as `decodeDeviceState` does.
 */
export async function readDevices(snapshot: Snapshot, idstr: string): Promise<StateFields[]> {
  const sections = snapshot.sections.filter(
    (section): section is OpeningSection => section.kind === 'full' && section.idstr === idstr,
  );
  const devices: StateFields[] = [];
  for (const section of sections.sort((a, b) => a.instanceId - b.instanceId)) {
    const state = await snapshot.decodeDeviceState(section);
    if (state !== undefined) devices.push(new StateFields(state));
  }
  return devices;
}
