import type { Destination, WantedBlock, WantedConfiguration } from '../protocol/messages.js';
import type { ExpectedBlock } from '../vector/vector.js';

/** Some bytes of a block that are not zeros. */
export type MemoryPiece = {
  /** From the start of the block. */
  readonly offset: number;
  readonly lengthBytes: number;
} /** Where the bytes lie in the base. */ & (
  | { readonly baseOffset: number } /** One byte that is repeated, as two hexadecimal digits. */
  | { readonly fill: string }
);

/** A RAM block that is to be written, and what is in it. */
export interface TaskBlock extends Omit<WantedBlock, 'memory'> {
  /** In the order of their offsets; all else is zeros. */
  readonly memory: readonly MemoryPiece[];
}

/** A snapshot that a testee is asked to write, as `writing/<slug>.json` holds it. */
export interface WritingTask {
  readonly $schema: string;
  /** `writing/<slug>` */
  readonly id: string;
  readonly what: string;
  readonly why: string;
  /** Clauses of spec/mapped-ram.md. */
  readonly clauses: readonly string[];
  /** The capture whose device states, and perhaps memory, are to be in it. */
  readonly base: string;
  /** Where the stream has to start, in bytes; 0 if absent. */
  readonly streamOffset?: number;
  readonly configuration: WantedConfiguration;
  /** Of the ram section; the device states have other ids. */
  readonly ramSectionId: number;
  readonly blocks: readonly TaskBlock[];
  /** What follows the footer of ram's END: device states, end marker and vmdescription, as they lie in the base. */
  readonly rest: { readonly baseOffset: number; readonly lengthBytes: number };
  /** The machine that restores it. */
  readonly destination: Destination;
  /** QEMU versions that have this machine. */
  readonly restoredBy: readonly string[];
  /** What every reader must see. How many pages are set is the writer's affair: pages of zeros may be. */
  readonly expected: { readonly blocks: readonly Omit<ExpectedBlock, 'setPages'>[] };
}
