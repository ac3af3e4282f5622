import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureInfo, loadCapture } from '@mapped-ram/fixtures';
import type { Destination, Operation, SavedFile, SavedMemory } from '../protocol/messages.js';
import type { Vector } from '../vector/vector.js';
import { buildVectorImage, writeImage } from '../vector/vector-file.js';

/** A file to put to a testee, and what belongs to it. */
export interface TestCase {
  readonly id: string;
  /** The capture whose memory was saved, or that memory; absent: what the file itself holds counts as saved. */
  readonly saved?: string | SavedMemory;
  readonly streamOffset?: number;
  /** Whether a reader finds the stream itself, through a header in front of it. */
  readonly findsStream: boolean;
  readonly destination: Destination;
  /** What is asked of it, where that is not the same for all; nothing, where the testee has not the first of these operations. */
  readonly operations?: readonly Operation[];
  /** False where it is restored with mapped-ram off, or libvirt decides that. */
  readonly mappedRam?: false;
  /** The file is a disk image, and this snapshot in it is loaded. */
  readonly internalSnapshot?: string;
  /** Writes the file. */
  write(path: string): Promise<void>;
}

/** A vector as a file to put to a testee. */
export function vectorCase(vector: Vector): TestCase {
  return {
    id: vector.id,
    saved: vector.base,
    ...(vector.streamOffset !== undefined && { streamOffset: vector.streamOffset }),
    findsStream: vector.readBy === 'libvirt',
    ...(vector.mappedRam === false && { mappedRam: false }),
    destination: destinationOf(vector.base),
    write: async (path) => writeImage(await buildVectorImage(vector), path, vector.file.storage),
  };
}

/** A capture, as it is, to put to a testee. */
export function captureCase(id: string): TestCase {
  const { streamOffset } = captureInfo(id);
  return {
    id: `captures/${id}`,
    saved: id,
    ...(streamOffset !== 0 && { streamOffset }),
    findsStream: captureInfo(id).libvirt !== undefined,
    destination: destinationOf(id),
    write: async (path) => (await loadCapture(id)).writeTo(path),
  };
}

/** The machine that restores a capture. */
export function destinationOf(captureId: string): Destination {
  const { machine, restoreCapabilities } = captureInfo(captureId);
  const { target, args, files } = machine;
  const memory = machine.memory
    .filter(({ inSnapshot }) => inSnapshot)
    .map(({ name, sha256 }) => ({ name, sha256 }));
  return { target, args, capabilities: restoreCapabilities, files, memory };
}

/** The files of a run: one a case, gone after its last question, and one for each capture whose memory was saved. */
export class CaseFiles {
  readonly #folder = mkdtempSync(join(tmpdir(), 'mapped-ram-conformance-'));
  readonly #saved = new Map<string, Promise<SavedFile>>();
  #count = 0;

  /** Writes the case's file, has it used and removes it. */
  async use<T>(testCase: TestCase, work: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.#folder, `${this.#count++}.mr`);
    await testCase.write(path);
    try {
      return await work(path);
    } finally {
      rmSync(path, { force: true });
    }
  }

  /** An unmutated capture; written once. */
  saved(captureId: string): Promise<SavedFile> {
    let saved = this.#saved.get(captureId);
    if (saved === undefined) {
      saved = this.#writeSaved(captureId);
      this.#saved.set(captureId, saved);
    }
    return saved;
  }

  async #writeSaved(captureId: string): Promise<SavedFile> {
    const file = join(this.#folder, `${captureId.replaceAll('/', '_')}.saved.mr`);
    await (await loadCapture(captureId)).writeTo(file);
    return { file, streamOffset: captureInfo(captureId).streamOffset };
  }

  /** Removes everything. */
  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
