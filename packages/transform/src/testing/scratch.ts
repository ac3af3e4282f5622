import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { captureInfo, loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll } from 'vitest';

/** A folder for the files of a test file, removed behind it. */
export interface Scratch {
  /** The path of a file in it. */
  path(name: string): string;
  /** Puts a capture there. */
  capture(id: string): Promise<string>;
}

/** Makes a folder before the tests of this file. */
export function useScratch(): Scratch {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(scratchParent, 'transform-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name.replaceAll('/', '-'));
  return {
    path,
    async capture(id) {
      const target = path(`${id}.mr`);
      await (await loadCapture(id)).writeTo(target);
      return target;
    },
  };
}

/** Where a capture's stream starts; a libvirt image says so itself. */
export function streamOffsetOf(id: string): { streamOffset?: number } {
  return id.includes('libvirt') ? {} : { streamOffset: captureInfo(id).streamOffset };
}
