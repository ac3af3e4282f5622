import type { QemuTarget, QemuVersion } from '@mapped-ram/tool-qemu';
import type { TypeOfState } from './device-types.js';
import type { StateFacts } from './dumped-states.js';

/** What was asked of one emulator. */
export interface EmulatorFacts {
  readonly version: QemuVersion;
  readonly target: QemuTarget;
  readonly machineTypes: readonly string[];
  readonly states: ReadonlyMap<string, StateFacts>;
}

type Versioned<T> = ReadonlyMap<QemuVersion, T>;

const comparing = new Intl.Collator('en', { numeric: true });

/** `pc-q35-9.2 i386,x86_64`, or with the release that alone has it: `pc-q35-11.0 i386,x86_64 11.1`. */
export function machineTypeRows(all: readonly EmulatorFacts[], versions: readonly QemuVersion[]): string[] {
  const found = new Map<string, Map<QemuVersion, string[]>>();
  for (const { version, target, machineTypes } of all) {
    for (const name of machineTypes)
      entry(entry(found, name, mapOf<QemuVersion, string[]>), version, listOf<string>).push(target);
  }
  return rows(found, (byVersion) =>
    inVersions(
      versions,
      new Map([...byVersion].map(([version, targets]) => [version, targets.sort().join(',')])),
    ),
  );
}

/**
 * `hpet 10.0=2/1 11.1=2/2`: version and lowest version that is taken. `name@target` where targets differ; `~` after the name
 * where fields differ though the version is the same.
 */
export function stateRows(all: readonly EmulatorFacts[], versions: readonly QemuVersion[]): string[] {
  const found = new Map<string, Map<QemuTarget, Map<QemuVersion, StateFacts>>>();
  for (const { version, target, states } of all) {
    for (const [name, facts] of states) {
      const byTarget = entry(found, name, mapOf<QemuTarget, Map<QemuVersion, StateFacts>>);
      entry(byTarget, target, mapOf<QemuVersion, StateFacts>).set(version, facts);
    }
  }
  return [...found]
    .sort(([a], [b]) => comparing.compare(a, b))
    .flatMap(([name, byTarget]) => {
      const texts = new Map(
        [...byTarget].map(([target, byVersion]) => [target, stateText(byVersion, versions)] as const),
      );
      const [first, ...others] = new Set(texts.values());
      if (others.length === 0) return [`${name}${first}`];
      return [...texts].map(([target, text]) => `${name}@${target}${text}`);
    });
}

function stateText(byVersion: Versioned<StateFacts>, versions: readonly QemuVersion[]): string {
  const ranges = new Map([...byVersion].map(([key, { version, minimum }]) => [key, `${version}/${minimum}`]));
  const facts = [...byVersion.values()];
  const isSameVersion = new Set(facts.map(({ version }) => version)).size === 1;
  const mark = isSameVersion && facts.some((one) => facts.some((other) => lacksField(one, other))) ? '~' : '';
  return `${mark} ${inVersions(versions, ranges)}`;
}

/** Whether `other` always has a field that `one` never has. */
function lacksField(one: StateFacts, other: StateFacts): boolean {
  if (one.fields === undefined || other.fields === undefined) return false;
  const known = new Set(one.fields.map(({ text }) => text));
  return other.fields.some(({ text, isAlways }) => isAlways && !known.has(text));
}

/** Subsections that not every release has, of states that every release has: `scsi-disk/pr 11.1`. */
export function subsectionRows(all: readonly EmulatorFacts[], versions: readonly QemuVersion[]): string[] {
  const found = new Map<string, Set<QemuVersion>>();
  for (const { version, states } of all) {
    for (const { subsections } of states.values()) {
      for (const name of subsections) entry(found, name, () => new Set<QemuVersion>()).add(version);
    }
  }
  return [...found]
    .filter(([, where]) => where.size < versions.length)
    .map(([name, where]) => `${name} ${[...where].join(',')}`)
    .sort(comparing.compare);
}

/** `virtio-rng 10.0=1024 11.1=8` */
export function queueRows(
  byVersion: Versioned<ReadonlyMap<string, readonly number[]>>,
  versions: readonly QemuVersion[],
): string[] {
  const found = new Map<string, Map<QemuVersion, string>>();
  for (const [version, sizes] of byVersion) {
    for (const [name, list] of sizes) entry(found, name, mapOf).set(version, list.join(','));
  }
  return rows(found, (texts) => inVersions(versions, texts));
}

/** Registers that not every release has: `603000000013c030 10.0` */
export function registerRows(byVersion: Versioned<ReadonlySet<bigint>>): string[] {
  const found = new Map<string, QemuVersion[]>();
  for (const [version, registers] of byVersion) {
    for (const register of registers) entry(found, register.toString(16), listOf).push(version);
  }
  return [...found]
    .filter(([, where]) => where.length < byVersion.size)
    .map(([register, where]) => `${register} ${where.join(',')}`)
    .sort();
}

/** Of several types that make the same state, the one that is meant most often comes first. */
const USUAL_TYPES: readonly string[] = [
  'scsi-hd',
  'hda-duplex',
  'usb-tablet',
  'usb-storage',
  'virtio-tablet-pci',
];

/** `usb-ptr usb-tablet,usb-mouse`: every type that makes a state, by the state's name. */
export function deviceTypeRows(types: readonly TypeOfState[]): string[] {
  const found = new Map<string, string[]>();
  for (const { state, type } of types) entry(found, state, listOf<string>).push(type);
  const rank = (type: string): number => (USUAL_TYPES.includes(type) ? 0 : 1);
  return rows(found, (list) => [...new Set(list)].sort((a, b) => rank(a) - rank(b)).join(','));
}

/** `cbf29ce484222325 cortex-a57,cortex-a72`: the models that save the same registers. */
export function armModelRows(byVersion: Versioned<ReadonlyMap<string, readonly string[]>>): string[] {
  const found = new Map<string, string[]>();
  for (const models of byVersion.values()) {
    for (const [key, names] of models) entry(found, key, listOf<string>).push(...names);
  }
  return rows(found, (names) => [...new Set(names)].join(','));
}

/** One value where all releases agree, else one for each release that has it. */
function inVersions(versions: readonly QemuVersion[], values: Versioned<string>): string {
  const distinct = new Set(values.values());
  if (values.size === versions.length && distinct.size === 1) return [...distinct].join();
  return [...values].map(([version, value]) => `${version}=${value}`).join(' ');
}

function rows<T>(found: ReadonlyMap<string, T>, text: (value: T) => string): string[] {
  return [...found].map(([name, value]) => `${name} ${text(value)}`).sort(comparing.compare);
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}

const mapOf = <K, V>(): Map<K, V> => new Map();
const listOf = <T>(): T[] => [];
