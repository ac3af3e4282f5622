import type { GuestInfo } from '@mapped-ram/guest';
import type { Section, Snapshot } from '@mapped-ram/reader';
import type { Fingerprint } from './fingerprint.js';
import type { SaveCircumstances } from './save-circumstances.js';

/** What is in a snapshot, as plain values that `JSON.stringify` takes. Offsets and lengths are in bytes. */
export interface SnapshotInfo {
  readonly path: string;
  readonly sizeBytes: number;
  /** What the file occupies on disk; null where that cannot be told. */
  readonly allocatedBytes: number | null;
  readonly streamOffset: number;
  /** The save image of libvirt that the stream is in. */
  readonly libvirt: LibvirtInfo | null;
  readonly machine: string | null;
  readonly capabilities: readonly string[];
  readonly uuid: string | null;
  readonly targetPageBits: number | null;
  readonly layout: Snapshot['ramLayout'] | null;
  readonly save: SaveCircumstances;
  readonly ram: RamSummary;
  readonly blocks: readonly BlockInfo[];
  readonly sections: readonly SectionInfo[];
  readonly devices: readonly DeviceInfo[];
  /** The Linux guest; null where none is found. */
  readonly guest: GuestInfo | null;
  readonly fingerprint: Fingerprint;
  /** What could not be read as the format says; nothing in a good file. */
  readonly problems: readonly ProblemInfo[];
}

export interface LibvirtInfo {
  readonly wasRunning: boolean;
  /** The number in the header: 6 is `sparse`, which stands for mapped-ram. */
  readonly format: number;
  readonly incomplete: boolean;
  /** Bytes of XML and cookie before the stream. */
  readonly dataLengthBytes: number;
  /** What the domain XML says; null where it cannot be read. */
  readonly domain: DomainInfo | null;
}

/** What a libvirt image's domain XML says of the machine. Null where it does not say. */
export interface DomainInfo {
  readonly name: string;
  readonly uuid: string | null;
  readonly machine: string | null;
  readonly memoryBytes: number | null;
  readonly processors: number | null;
}

/** Pages of a block or of all. Sums are null where an addend is. */
export interface PageCounts {
  readonly pages: number;
  /** Pages in the file; null where the bitmap cannot be read. */
  readonly setPages: number | null;
  /** The others: they are zero, whatever lies in their place. */
  readonly zeroPages: number | null;
  /** Zero pages in whose place other bytes lie; null unless the contents were read. */
  readonly stalePages: number | null;
  /** Pages in the file that are all zeros; null unless the contents were read. */
  readonly storedZeroPages: number | null;
}

export interface RamSummary extends PageCounts {
  readonly usedLength: number;
}

export interface BlockInfo extends PageCounts {
  readonly id: string;
  readonly usedLength: number;
  readonly pageSize: number;
  readonly bitmapOffset: number;
  readonly pagesOffset: number;
  readonly headerVersion: number;
  /** Its memory is not in the file (`x-ignore-shared`). */
  readonly ignored: boolean;
  /** In hexadecimal; null without `x-ignore-shared`. */
  readonly guestPhysicalAddress: string | null;
}

/** A section of the stream. */
export interface SectionInfo {
  readonly kind: Section['kind'];
  /** A section's id, or a command's number. */
  readonly id: number;
  readonly name: string;
  readonly byteOffset: number;
  readonly lengthBytes: number;
}

/** A device whose state is in the stream. */
export interface DeviceInfo {
  readonly name: string;
  readonly instanceId: number;
  readonly versionId: number;
  /** Where its state lies. */
  readonly byteOffset: number;
  readonly lengthBytes: number;
  /** Whether something describes the state, so that it was walked to its last byte. */
  readonly described: boolean;
}

export interface ProblemInfo {
  readonly code: string;
  readonly message: string;
  readonly byteOffset: number | null;
  /** Nothing behind this was read. */
  readonly stopped: boolean;
}
