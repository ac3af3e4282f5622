import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCapture, type SparseImage } from '@mapped-ram/fixtures';

/** A folder for a test's snapshots. */
export interface CaptureFolder {
  /** The path of a file in it. */
  at(name: string): string;
  /** Puts a capture there, edited or as it is. */
  put(id: string, name: string, edit?: (image: SparseImage) => void): Promise<string>;
  /** Removes it. */
  remove(): void;
}

/** Makes a folder of its own for a test. */
export function captureFolder(): CaptureFolder {
  const folder = mkdtempSync(join(tmpdir(), 'mr-test-'));
  const at = (name: string) => join(folder, name);
  return {
    at,
    async put(id, name, edit = () => {}) {
      const image = (await loadCapture(id)).clone();
      edit(image);
      await image.writeTo(at(name));
      return at(name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
