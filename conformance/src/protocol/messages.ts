import type { Outcome } from '@mapped-ram/lint';
import type { ExpectedBlock } from '../vector/vector.js';

/** The version of the protocol that this runner speaks. */
export const PROTOCOL_VERSION = 1;

/** The first message: who are you, what can you do? */
export interface StartRequest {
  readonly cmd: 'start';
  readonly protocol: number;
}

/**
 * - `judge`: what happens when QEMU restores the file?
 * - `read`: which blocks does the file hold, and what is in them?
 * - `write`: make a file that holds this.
 * - `unpack`: what comes out of this packed file?
 */
export type Operation = 'judge' | 'read' | 'write' | 'unpack';

/** A QEMU that a testee can speak for. */
export interface JudgedQemu {
  readonly version: string;
  readonly multifd: boolean;
}

/** The answer to `start`. */
export interface StartAnswer {
  readonly protocol: number;
  readonly name: string;
  readonly version: string;
  readonly operations: readonly Operation[];
  /** For `judge`: which QEMUs, one run each. */
  readonly judges?: readonly JudgedQemu[];
  /** Whether a verdict comes from the file alone or from a restore into the destination. */
  readonly knows?: 'file' | 'destination';
}

/** Where a restore takes place. */
export interface Destination {
  /** The suffix of `qemu-system-`. */
  readonly target: string;
  readonly args: readonly string[];
  /** Capabilities beside mapped-ram. */
  readonly capabilities: readonly string[];
  /** Files that must be in the working directory for QEMU to start; their content does not matter. */
  readonly files: readonly { readonly name: string; readonly sizeBytes: number }[];
  /** Files in the working directory that QEMU makes and that are guest memory: what each holds after a good restore. */
  readonly memory: readonly { readonly name: string; readonly sha256: string }[];
}

/** A good file. */
export interface SavedFile {
  /** Absolute path. */
  readonly file: string;
  /** Where the stream starts in it. */
  readonly streamOffset: number;
  /** The file is a disk image (qcow2), and the stream is the snapshot of this name in it. */
  readonly internalSnapshot?: string;
}

/** Memory that a file should give, block by block. */
export interface SavedMemory {
  readonly blocks: readonly {
    readonly id: string;
    /** Absolute path of a file with all of the block's memory. Absent where it is not in the snapshot. */
    readonly memory?: string;
  }[];
}

/** What a configuration section says. */
export interface WantedConfiguration {
  readonly machine: string;
  readonly capabilities: readonly string[];
  readonly targetPageBits?: number;
  /** Hexadecimal digits with dashes. */
  readonly uuid?: string;
}

/** A RAM block that is to be written. */
export interface WantedBlock {
  readonly id: string;
  readonly usedLength: number;
  readonly pageSize: number;
  /** With `x-ignore-shared`. */
  readonly guestPhysicalAddress?: number;
  /** The block is listed, and its memory is not in the file. */
  readonly ignored?: boolean;
  /** Absolute path of a file with all of the block's memory, with holes. Absent for an ignored block. */
  readonly memory?: string;
}

/** For `write`: what the file shall hold. */
export interface WantedSnapshot {
  readonly configuration: WantedConfiguration;
  readonly ramSectionId: number;
  readonly blocks: readonly WantedBlock[];
  /** Absolute path: what the stream goes on with behind the footer of ram's END, to its end. */
  readonly rest: string;
}

/** One file, one question. */
export interface RunRequest {
  readonly cmd: 'run';
  readonly seq: number;
  readonly operation: Operation;
  /** The vector's id, for messages; nothing may be concluded from it. */
  readonly vector: string;
  /** Absolute path; only to be read, and gone after the answer. For `write`, the file to make. */
  readonly file: string;
  /** Where the stream starts, if the reader is told, or has to start. */
  readonly streamOffset?: number;
  /** For `judge`. */
  readonly qemu?: JudgedQemu;
  /** For `judge`: false where the restore is one with mapped-ram off, or libvirt sets the capability as its header says. Absent: on. */
  readonly mappedRam?: false;
  /** For `judge`, from the fuzzer alone: the file is a disk image (qcow2), and the snapshot of this name in it is loaded. */
  readonly internalSnapshot?: string;
  readonly destination?: Destination;
  /** What was saved: the memory in the good file that a mutation began with, or that a writer was given. */
  readonly saved?: SavedFile | SavedMemory;
  /** For `write`. */
  readonly snapshot?: WantedSnapshot;
}

/** The last message. The testee ends by itself; there is no answer. */
export interface StopRequest {
  readonly cmd: 'stop';
}

export type Request = StartRequest | RunRequest | StopRequest;

/** What a `judge` answers. */
export interface Judgement {
  readonly verdict: Outcome;
  readonly says: string;
  /** Findings that the restore gets as far as: the rule and how bad it is. Only from a linter. */
  readonly rules?: readonly { readonly id: string; readonly severity: 'error' | 'warning' | 'note' }[];
}

/** What a `read` answers. */
export interface Contents {
  readonly blocks: readonly ExpectedBlock[];
}

/** What a `write` answers. */
export interface Written {
  /** Length of the file. */
  readonly sizeBytes: number;
}

/** What an `unpack` answers. */
export interface Unpacked {
  /** Length of what was packed. */
  readonly sizeBytes: number;
  /** Over all of it, in hexadecimal digits. */
  readonly sha256: string;
}

/** The answer to `run`: `seq` and exactly one of the others. */
export type RunAnswer = { readonly seq: number } & (
  | { readonly ok: Judgement | Contents | Written | Unpacked }
  /** The file is not one that this testee reads, or could write. */
  | { readonly rejected: { readonly code: string; readonly message: string } }
  | { readonly skipped: { readonly reason: string } }
  /** The testee could not do its work; never a statement about the file. */
  | { readonly errored: { readonly message: string } }
);
