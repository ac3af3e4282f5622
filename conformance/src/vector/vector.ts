import type { Outcome, QemuVersion } from '@mapped-ram/lint';
import type { Edit } from './edit.js';

/**
 * What a careful implementation makes of the file:
 * - `accepted`: every QEMU restores the saved memory, so a reader must open it and give that memory;
 * - `rejected`: every QEMU refuses it;
 * - `hazard`: some QEMU crashes, hangs or restores other memory than was saved.
 */
export type ExpectedOutcome = 'accepted' | 'rejected' | 'hazard';

/** The element of the stream at which the fault is met. */
export const stages = [
  'container',
  'stream-header',
  'configuration',
  'section',
  'command',
  'ram-words',
  'block-table',
  'mapped-ram-header',
  'bitmap',
  'pages',
  'footer',
  'device-state',
  'end',
  'vmdescription',
] as const;

export type Stage = (typeof stages)[number];

/** A RAM block as a reader must see it. Lengths in bytes; `sha256` is over all its memory, clear pages as zeros. */
export interface ExpectedBlock {
  readonly id: string;
  readonly usedLength: number;
  readonly pageSize: number;
  readonly setPages: number;
  readonly sha256: string;
}

/** What one QEMU did with the file when it was run. */
export interface QemuRecord {
  readonly verdict: Outcome;
  /** Its own words, or what was seen where it said nothing (`hangs`, `dies of SIGSEGV`). Empty where it restored. */
  readonly says: string;
}

/** How QEMU was asked to load the file: on one channel, or with multifd. */
export const restoreModes = ['plain', 'multifd'] as const;

export type RestoreMode = (typeof restoreModes)[number];

/** What one version of QEMU did, by mode. */
export interface QemuVersionRecord extends Readonly<Partial<Record<RestoreMode, QemuRecord>>> {
  /** The full version that was run, with its package. */
  readonly version: string;
}

/** A golden vector, as `vectors/<area>/<slug>.json` holds it. */
export interface Vector {
  readonly $schema: string;
  /** `<area>/<slug>`: the path of the file, never renumbered. */
  readonly id: string;
  /** The fault, in one sentence. */
  readonly what: string;
  /** Why it is worth a vector. */
  readonly why: string;
  /** Clauses of spec/mapped-ram.md. */
  readonly clauses: readonly string[];
  /** The good capture that the edits are applied to. */
  readonly base: string;
  /** Applied in their order; each offset counts in the file that the edit before left. */
  readonly edits: readonly Edit[];
  readonly file: {
    readonly sizeBytes: number;
    readonly sha256: string;
    /** Present where the file must have no holes. */
    readonly storage?: 'dense';
  };
  /** Where the reader is told that the stream starts, in bytes; absent: it is told nothing, and QEMU starts at 0. */
  readonly streamOffset?: number;
  readonly expected: {
    readonly outcome: ExpectedOutcome;
    readonly stage: Stage;
    /** The lint rules that fire for the fault, each for one QEMU at least; other rules find no more than notes. */
    readonly rules: readonly string[];
    /** What every reader must see; only where the outcome is `accepted`. */
    readonly blocks?: readonly ExpectedBlock[];
    /** Only where another program than QEMU judges the file: what it does. */
    readonly verdict?: Outcome;
    /** The same for releases of that program that differ, by the QEMU of their time. */
    readonly verdictOf?: Readonly<Partial<Record<QemuVersion, Outcome>>>;
  };
  /** Why nobody who has only the file can know what QEMU does with it. */
  readonly needsDestination?: string;
  /** The program that reads the file in front of QEMU; then QEMU's record is about the stream inside. */
  readonly readBy?: 'libvirt';
  /** False for a classic stream, which is restored with the capability off. */
  readonly mappedRam?: false;
  readonly qemu?: Readonly<Partial<Record<QemuVersion, QemuVersionRecord>>>;
}
