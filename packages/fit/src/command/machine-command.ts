import type { Snapshot } from '@mapped-ram/reader';
import type { MachineRecord } from '../record/machine-record.js';

/** A machine, as far as it is known. */
export interface MachineOfFile {
  readonly snapshot: Snapshot;
  /** Its type. */
  readonly machine: string;
  /** What QEMU told of it. */
  readonly record: MachineRecord | undefined;
}

/** One option of a command line with its value. */
export interface QemuOption {
  /** Such as `-device`. */
  readonly name: string;
  /** In QEMU's syntax; absent where the option has none. */
  readonly value?: string;
  /** What it stands for, where the user has something of their own to put in its place. */
  readonly placeholder?: string;
  /** The section of the file whose device it gives. */
  readonly subject?: string;
}

/** The machine that a file fits, as far as the file tells. */
export interface MachineCommand {
  /** The suffix of `qemu-system-`. */
  readonly target: string;
  /** Without `-incoming`. */
  readonly options: readonly QemuOption[];
  /** What the file does not tell, in words: what it may be and where it matters. */
  readonly unknown: readonly string[];
  /** What QEMU does not start with as it stands here, or what cannot be restored with it. */
  readonly byHand: readonly string[];
}

/** The words of the command line behind the program's name. */
export function argumentsOfCommand({ options }: MachineCommand): string[] {
  return options.flatMap(({ name, value }) => (value === undefined ? [name] : [name, value]));
}

/** Gathers the options and what is to be said of them. */
export class CommandBuilder {
  readonly options: QemuOption[] = [];
  readonly #unknown = new Set<string>();
  readonly #byHand = new Set<string>();

  add(name: string, value?: string, placeholder?: string): void {
    this.options.push({
      name,
      ...(value !== undefined && { value }),
      ...(placeholder !== undefined && { placeholder }),
    });
  }

  /** Adds a device. @param subject the section that tells of it */
  addDevice(value: string, subject: string): void {
    this.options.push({ name: '-device', value, subject });
  }

  isUnknown(what: string): void {
    this.#unknown.add(what);
  }

  isByHand(what: string): void {
    this.#byHand.add(what);
  }

  /** Puts another's options and words behind one's own. */
  with(other: CommandBuilder): this {
    this.options.push(...other.options);
    for (const what of other.#unknown) this.#unknown.add(what);
    for (const what of other.#byHand) this.#byHand.add(what);
    return this;
  }

  build(target: string): MachineCommand {
    const { options } = this;
    return { target, options, unknown: [...this.#unknown], byHand: [...this.#byHand] };
  }
}
