import { MappedRamError } from '@mapped-ram/format';
import {
  amount,
  count,
  list,
  mismatch,
  optional,
  type ResultShape,
  record,
  shape,
  text,
} from '@mapped-ram/qmp';
import type { MemoryPlace } from './describe-memory.js';

/** The value of an option. */
export type RecordedValue = string | number | boolean;

/** A device or an object that somebody gave to QEMU. */
export interface RecordedPart {
  readonly type: string;
  readonly id?: string;
  /** Options that have another value than the type's own. */
  readonly options: Readonly<Record<string, RecordedValue>>;
}

/**
 * What a QEMU told of its machine when its guest was saved, and no snapshot holds: to be kept beside the snapshot. Plain JSON. It may have been
 * changed by anybody: nothing of it is trusted more than the snapshot itself.
 */
export interface MachineRecord {
  readonly format: 'mapped-ram-machine';
  readonly version: 1;
  /** QEMU's version with the distributor's words. */
  readonly qemu: string;
  /** The suffix of `qemu-system-`. */
  readonly target: string;
  /** The machine type as a stream names it. */
  readonly machine: string;
  /** The accelerator: `tcg`, `kvm`. */
  readonly accelerator?: string;
  readonly processors: {
    readonly count: number;
    /** As `-cpu` calls the model. */
    readonly model?: string;
    /** `sockets`, `dies`, `cores`, `threads`, `maxcpus`, as far as the machine has them. */
    readonly topology?: Readonly<Record<string, number>>;
    /** Words of features as the processor has them (x86: `feature-words`). */
    readonly features?: readonly string[];
  };
  /** The firmware that the machine was started with. */
  readonly firmware?: string;
  readonly devices: readonly RecordedPart[];
  readonly objects: readonly RecordedPart[];
  /** Slots of PCI, and who is there. */
  readonly pci: readonly RecordedSlot[];
  readonly disks: readonly RecordedDisk[];
  /** Where the guest saw main RAM and the memory of nodes and DIMMs. */
  readonly memory?: readonly MemoryPlace[];
  /** The snapshot that it was written for. */
  readonly file?: RecordedFile;
}

/** A device on PCI. */
export interface RecordedSlot {
  readonly bus: number;
  readonly slot: number;
  readonly fn: number;
  readonly vendor: number;
  readonly device: number;
  readonly class: number;
  readonly id?: string;
}

/** What a disk of the guest was. */
export interface RecordedDisk {
  /** The device that it was in, by its id or path. */
  readonly device: string;
  readonly file?: string;
  readonly format?: string;
  readonly sizeBytes?: number;
}

/** A snapshot, by its length and digest. */
export interface RecordedFile {
  readonly sizeBytes: number;
  /** fs-verity's digest: `sha256:` and 64 hexadecimal digits. */
  readonly digest?: string;
}

/** The name of the record of a snapshot. */
export function recordPathOf(path: string): string {
  return `${path}.machine.json`;
}

/** A record of more than this is none. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;

const MAX_TEXT = 4096;
const MAX_ITEMS = 4096;
const MAX_OPTIONS = 512;

const shortText: ResultShape<string> = (value, path) => {
  const checked = text(value, path);
  if (checked.length > MAX_TEXT || checked.includes('\0'))
    throw mismatch(path, 'a text of up to 4096 characters', value);
  return checked;
};

/** What QEMU takes as the name of a type, an id or an option; a document may also be an array's element. */
const NAME = /^[A-Za-z_][A-Za-z0-9_.,:+-]{0,255}$/;

const name: ResultShape<string> = (value, path) => {
  const checked = text(value, path);
  if (!NAME.test(checked) || checked.includes(',')) throw mismatch(path, 'a name', value);
  return checked;
};

function few<T>(item: ResultShape<T>): ResultShape<readonly T[]> {
  const all = list(item);
  return (value, path) => {
    if (Array.isArray(value) && value.length > MAX_ITEMS)
      throw mismatch(path, `at most ${MAX_ITEMS} of them`, value.length);
    return all(value, path);
  };
}

const scalar: ResultShape<RecordedValue> = (value, path) => {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return shortText(value, path);
};

function mapOf<T>(item: ResultShape<T>): ResultShape<Readonly<Record<string, T>>> {
  return (value, path) => {
    const entries = Object.entries(record(value, path));
    if (entries.length > MAX_OPTIONS) throw mismatch(path, `at most ${MAX_OPTIONS} options`, entries.length);
    return Object.fromEntries(
      entries.map(([key, one]) => [name(key, path), item(one, `${path}.${key.slice(0, 80)}`)]),
    );
  };
}

const digest: ResultShape<string> = (value, path) => {
  const checked = text(value, path);
  if (!/^sha256:[0-9a-f]{64}$/.test(checked))
    throw mismatch(path, 'sha256: and 64 hexadecimal digits', value);
  return checked;
};

const part = shape({ type: name, id: optional(shortText), options: mapOf(scalar) });

const contents = shape({
  qemu: shortText,
  target: name,
  machine: name,
  accelerator: optional(name),
  processors: shape({
    count,
    model: optional(name),
    topology: optional(mapOf(count)),
    features: optional(few(shortText)),
  }),
  firmware: optional(shortText),
  devices: few(part),
  objects: few(part),
  pci: few(
    shape({
      bus: count,
      slot: count,
      fn: count,
      vendor: count,
      device: count,
      class: count,
      id: optional(shortText),
    }),
  ),
  disks: few(
    shape({
      device: shortText,
      file: optional(shortText),
      format: optional(name),
      sizeBytes: optional(amount),
    }),
  ),
  memory: optional(few(shape({ block: shortText, address: count, lengthBytes: count, blockOffset: count }))),
  file: optional(shape({ sizeBytes: count, digest: optional(digest) })),
});

/**
 * Reads a record.
 *
 * @throws MappedRamError `bad-machine-record` where it is none, of a later version, or damaged
 */
export function parseMachineRecord(json: string): MachineRecord {
  if (Buffer.byteLength(json) > MAX_RECORD_BYTES) throw bad(`it has more than ${MAX_RECORD_BYTES} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw bad('it is not JSON', cause);
  }
  const { format, version } = (
    typeof value === 'object' && value !== null ? value : {}
  ) as Partial<MachineRecord>;
  if (format !== 'mapped-ram-machine') throw bad('it is not the record of a machine');
  if (version !== 1)
    throw bad(`it has version ${JSON.stringify(version)?.slice(0, 40)}, and version 1 is known`);
  try {
    return { format, version, ...contents(value, 'record') } as MachineRecord;
  } catch (cause) {
    if (cause instanceof MappedRamError) throw bad('the record is damaged', cause);
    throw cause;
  }
}

function bad(what: string, cause?: unknown): MappedRamError {
  const { path, expected, actual } = cause instanceof MappedRamError ? cause : {};
  return new MappedRamError('bad-machine-record', { what, cause, path, expected, actual });
}
