import { type DumpedDevice, type DumpedState, dumpVmstate, type Emulator } from './run-qemu.js';

/** What of a state decides whether a stream of another release can be loaded. */
export interface StateFacts {
  readonly version: number;
  readonly minimum: number;
  /** Fields, also of structures in it, with their sizes; undefined where that is not the same for all devices. */
  readonly fields?: readonly StateField[];
  /** Names of all its subsections, also of structures in it. */
  readonly subsections: readonly string[];
}

/** `pm1_evt_sts*1:2`, with the names of the structures that it is in before it. */
export interface StateField {
  readonly text: string;
  /** Whether no function decides if it is there. */
  readonly isAlways: boolean;
}

/**
 * The states of all devices that an emulator has, by the name that stands in a stream. Devices that share a name count as one
 * that takes what any of them takes.
 */
export async function askDumpedStates(emulator: Emulator): Promise<Map<string, StateFacts>> {
  const states = new Map<string, StateFacts>();
  for (const { Description: state } of Object.values<DumpedDevice>(await dumpVmstate(emulator))) {
    if (state === undefined) continue;
    const other = states.get(state.name);
    const own = factsOf(state);
    states.set(state.name, other === undefined ? own : merge(own, other));
  }
  return states;
}

function merge(a: StateFacts, b: StateFacts): StateFacts {
  const subsections = [...new Set([...a.subsections, ...b.subsections])];
  const isAlike = a.fields !== undefined && JSON.stringify(a.fields) === JSON.stringify(b.fields);
  return {
    version: Math.max(a.version, b.version),
    minimum: Math.min(a.minimum, b.minimum),
    ...(isAlike && a.fields && { fields: a.fields }),
    subsections,
  };
}

function factsOf(state: DumpedState): StateFacts {
  return {
    version: state.version_id,
    minimum: state.minimum_version_id,
    fields: fieldsOf(state),
    subsections: subsectionsOf(state),
  };
}

function fieldsOf({ Fields = [] }: DumpedState, path = '', isInAlways = true): StateField[] {
  return Fields.flatMap(({ field, field_exists, size, num, Description }) => {
    const isAlways = isInAlways && !field_exists;
    const name = `${path}${field}*${num ?? 1}`;
    if (Description !== undefined) return fieldsOf(Description, `${name}/`, isAlways);
    return [{ text: `${name}:${size}`, isAlways }];
  });
}

function subsectionsOf({ Fields = [], Subsections = [] }: DumpedState): string[] {
  const inFields = Fields.flatMap(({ Description }) => (Description ? subsectionsOf(Description) : []));
  return [...inFields, ...Subsections.flatMap((state) => [state.name, ...subsectionsOf(state)])];
}
