import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Where tests make folders whose files are flushed, which takes its time on a disk. */
export const scratchParent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
