import { readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';

/** How every scratch folder's name begins. */
const SCRATCH_NAME = 'multifd-test-';

/**
 * A folder that is there while the tests of a file run; returns paths in it.
 *
 * @param parent Where it is made; files in memory take any direct I/O, so that tests of that need a disk.
 */
export function scratchFolder(parent = scratchParent): (name: string) => string {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(parent, SCRATCH_NAME));
  });
  afterAll(() => rm(folder, { recursive: true }));
  return (name) => join(folder, name);
}

/**
 * What the process has open and running that a channel could have left behind: descriptors of files in scratch
 * folders, and the ports of workers. Other descriptors and threads come and go with Node itself.
 */
function belongings(): Record<string, number> {
  const isScratch = (name: string) => targetOf(name).includes(SCRATCH_NAME);
  const descriptors = readdirSync('/proc/self/fd').filter(isScratch).length;
  const ports = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
  return { descriptors, ports };
}

/** What a descriptor refers to; nothing where it was closed meanwhile. */
function targetOf(name: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    return '';
  }
}

/**
 * Returns a function that expects that nothing more is open or running than when the test began. What was closed may
 * take a moment to be gone.
 */
export function watchForLeftovers(): () => Promise<void> {
  let before: Record<string, number>;
  beforeEach(() => {
    before = belongings();
  });
  const leftovers = () => Object.entries(belongings()).filter(([name, count]) => count > (before[name] ?? 0));
  return () => expect.poll(leftovers).toEqual([]);
}
