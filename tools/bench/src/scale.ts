import { join } from 'node:path';
import { CACHE_PATH } from '@mapped-ram/tool-qemu';

/** Where snapshots are made, and copies of them: `BENCH_FOLDER`, to measure another file system than the cache's. */
export const benchFolder = process.env.BENCH_FOLDER ?? join(CACHE_PATH, 'bench');

/** Memory of the machine whose snapshot most benches work on, in GiB: `BENCH_GIB`, for a small disk. Three quarters are set. */
export const machineGib = Number(process.env.BENCH_GIB ?? 4);
if (!Number.isInteger(machineGib) || machineGib < 1)
  throw new RangeError('BENCH_GIB is a whole number from 1 on');

/** How large that snapshot is, in words. */
export const machineSize = `${machineGib} GiB (${machineGib * 0.75} GiB set)`;
