import type { Finding, Outcome } from './finding.js';

/** One block of the report's block table. Sizes and offsets in bytes. */
export interface BlockSummary {
  readonly id: string;
  readonly usedLength: number;
  readonly bitmapOffset: number;
  readonly pagesOffset: number;
  readonly pages: number;
  /** null where the bitmap cannot be read. */
  readonly setPages: number | null;
}

/** One block of a classic stream. */
export interface ClassicBlockSummary {
  readonly id: string;
  /** Bytes of memory. */
  readonly usedLength: number;
  readonly pages: number;
  /** Pages that came with their contents. */
  readonly storedPages: number;
}

/** One section of the stream. */
export interface SectionSummary {
  readonly kind: 'start' | 'part' | 'end' | 'full' | 'command';
  /** Section id; for a command, its number. */
  readonly id: number;
  /** idstr; for a command, its name; empty where nothing names it. */
  readonly name: string;
  readonly byteOffset: number;
}

/** What the file holds, as far as it could be read. */
export interface SnapshotSummary {
  readonly streamOffset: number;
  /** null where the stream has no configuration section. */
  readonly machine: string | null;
  readonly capabilities: readonly string[];
  /** Page size in bytes; null where no block gives one. */
  readonly pageSize: number | null;
  readonly blocks: readonly BlockSummary[];
  /** Only of a classic stream, whose pages are in the stream itself. */
  readonly classicBlocks?: readonly ClassicBlockSummary[];
  readonly sections: readonly SectionSummary[];
}

/** What one run says about one file. */
export interface FileReport {
  readonly path: string;
  readonly verdict: Outcome;
  /**
   * Whether it is known that the devices of this QEMU take the states in the file. Where it is not, `restores` says that the
   * file is sound, and nothing of its devices.
   */
  readonly devicesChecked: boolean;
  /** In the order of the file. */
  readonly findings: readonly Finding[];
  /** null where no stream was found. */
  readonly snapshot: SnapshotSummary | null;
}
