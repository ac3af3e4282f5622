import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CACHE_PATH, CHECKOUT_PATH } from '@mapped-ram/tool-qemu';
import type { Contender } from './measure.js';
import { fourGibibyteSnapshot, terabyteSnapshot } from './snapshot-files.js';

/** A comparison: the last contender is the peer that the others are held against. */
export interface Bench {
  readonly name: string;
  readonly what: string;
  prepare(): Promise<readonly Contender[]>;
  /** Removes what the contenders left. */
  cleanUp?(): Promise<void>;
}

const mrLint = join(CHECKOUT_PATH, 'packages/cli/dist/bin/mr-lint.js');
const mr = join(CHECKOUT_PATH, 'packages/cli/dist/bin/mr.js');
const copied = join(CACHE_PATH, 'bench/copied.mr');
const sequentialRead = fileURLToPath(new URL('./sequential-read.js', import.meta.url));

/** All benches, in the order in which they run. */
export const benches: readonly Bench[] = [
  {
    name: 'deep',
    what: 'mr-lint --deep of 4 GiB (3 GiB set) against reading the file from end to end',
    async prepare() {
      const path = await fourGibibyteSnapshot();
      return [
        { name: 'mr-lint --deep', command: ['node', mrLint, '--deep', '--quiet', path] },
        { name: 'cat', command: ['cat', path] },
        { name: 'sequential read, 1 MiB at a time', command: ['node', sequentialRead, path] },
      ];
    },
  },
  {
    name: 'quick',
    what: 'mr-lint of 1 TiB (32 MiB of bitmap) against starting up',
    async prepare() {
      const path = await terabyteSnapshot();
      return [
        { name: 'mr-lint', command: ['node', mrLint, '--quiet', path] },
        { name: 'mr-lint --version', command: ['node', mrLint, '--version'] },
      ];
    },
  },
  {
    name: 'copy',
    what: 'mr copy and mr scrub of 4 GiB (3 GiB set) into another file, on disk when they end, against cp',
    async prepare() {
      const path = await fourGibibyteSnapshot();
      const cp = `cp --sparse=always --remove-destination ${path} ${copied}`;
      return [
        { name: 'mr copy', command: ['node', mr, 'copy', '--force', path, copied] },
        { name: 'mr scrub', command: ['node', mr, 'scrub', '--force', path, copied] },
        { name: 'cp --sparse=always, and sync', command: ['sh', '-c', `${cp} && sync ${copied}`] },
        { name: 'cp --sparse=always', command: ['sh', '-c', cp] },
      ];
    },
    cleanUp: () => rm(copied, { force: true }),
  },
];
