import type { MigrationSettings, QemuTarget, QemuVersion, QemuVm } from '@mapped-ram/tool-qemu';

/** A file of guest memory: a memory-backend-file with share=on, filled with the pattern before QEMU starts. */
export interface MemoryFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** How many of its pages get the pattern; 300 when not given. */
  readonly patternPages?: number;
  /** False where x-ignore-shared leaves it out of the snapshot, so that the destination is given the same content beforehand. */
  readonly inSnapshot?: boolean;
}

/** The QEMU that a capture is saved from, and that it is restored into. */
export interface Machine {
  readonly target: QemuTarget;
  readonly args: readonly string[];
  readonly memory: readonly MemoryFile[];
  readonly files: readonly { readonly name: string; readonly sizeBytes: number }[];
}

/** What a recipe's own save may use. */
export interface SaveContext {
  readonly vm: QemuVm;
  readonly settings: MigrationSettings;
}

/** How one capture is made. */
export interface Recipe {
  /** The last part of the capture's id. */
  readonly name: string;
  readonly what: string;
  /** The QEMU lines to make it with. */
  readonly versions: readonly QemuVersion[];
  readonly machine: (version: QemuVersion) => Machine;
  readonly capabilities?: readonly string[];
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Where the stream begins in the file; 0 when not given. */
  readonly streamOffset?: number;
  /** Bytes of the guest's own program, put where the firmware is; the machine must have one. Without it the guest does not run. */
  readonly firmware?: Uint8Array;
  /** Puts the pattern into memory again when QEMU has started, over what QEMU's own firmware left there. */
  readonly refillMemory?: boolean;
  /** What was done, for the capture's provenance, where it is more than starting QEMU stopped and saving. */
  readonly steps?: readonly string[];
  /** Does more than save, for example waits for a running guest. It must leave the file complete. */
  readonly save?: (context: SaveContext) => Promise<void>;
  /** The file system for guest memory: background-snapshot wants it in shared memory. */
  readonly memoryFolder?: string;
  readonly restoreCapabilities?: readonly string[];
  /** False where QEMU does not restore what was saved. Checked: a recipe that is wrong about it fails. */
  readonly good?: boolean;
}
