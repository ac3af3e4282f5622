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
 */
export type Operation = 'judge' | 'read';

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
}

/** One file, one question. */
export interface RunRequest {
  readonly cmd: 'run';
  readonly seq: number;
  readonly operation: Operation;
  /** The vector's id, for messages; nothing may be concluded from it. */
  readonly vector: string;
  /** Absolute path; only to be read, and gone after the answer. */
  readonly file: string;
  /** Where the stream starts, if the reader is told. */
  readonly streamOffset?: number;
  /** For `judge`. */
  readonly qemu?: JudgedQemu;
  readonly destination?: Destination;
  /** The good file that the mutation began with: its memory is what was saved. */
  readonly saved?: SavedFile;
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

/** The answer to `run`: `seq` and exactly one of the others. */
export type RunAnswer = { readonly seq: number } & (
  | { readonly ok: Judgement | Contents }
  /** `read`: the file is not one that this testee reads. */
  | { readonly rejected: { readonly code: string; readonly message: string } }
  | { readonly skipped: { readonly reason: string } }
  /** The testee could not do its work; never a statement about the file. */
  | { readonly errored: { readonly message: string } }
);
