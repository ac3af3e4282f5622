import { vector } from '../builder/define.js';

/** Magic and version. */
export const streamVectors = [
  vector('stream/magic', {
    what: 'The magic reads QEVX instead of QEVM.',
    why: 'The first thing that tells a migration stream from any other file.',
    clauses: ['STREAM-2'],
    stage: 'stream-header',
    outcome: 'rejected',
    rules: ['not-a-migration-stream'],
    mutate: (m) => m.bytes(3, 'X'),
  }),
  vector('stream/version-2', {
    what: 'The stream version is 2.',
    why: 'QEMU tells the obsolete version apart from unknown ones.',
    clauses: ['STREAM-3'],
    stage: 'stream-header',
    outcome: 'rejected',
    rules: ['stream-version'],
    mutate: (m) => m.u32(4, 2),
  }),
  vector('stream/version-4', {
    what: 'The stream version is 4.',
    why: 'A newer version must not be read as if it were known.',
    clauses: ['STREAM-3'],
    stage: 'stream-header',
    outcome: 'rejected',
    rules: ['stream-version'],
    mutate: (m) => m.u32(4, 4),
  }),
  vector('stream/version-0', {
    what: 'The stream version is 0.',
    why: 'Below the known one, and not the one that QEMU calls obsolete.',
    clauses: ['STREAM-3'],
    stage: 'stream-header',
    outcome: 'rejected',
    rules: ['stream-version'],
    mutate: (m) => m.u32(4, 0),
  }),
  vector('stream/empty', {
    what: 'The file is empty.',
    why: 'What a save leaves that failed at once; nothing can be read at all.',
    clauses: ['STREAM-1'],
    stage: 'stream-header',
    outcome: 'rejected',
    rules: ['stream-truncated'],
    mutate: (m) => m.truncate(0),
  }),
  vector('stream/zeros', {
    what: 'The first 4 KiB read as zeros.',
    why: 'A file whose first block was lost still has its size and its pages.',
    clauses: ['STREAM-2'],
    stage: 'stream-header',
    outcome: 'rejected',
    rules: ['not-a-migration-stream'],
    mutate: (m) => m.zero(0, 4096),
  }),
];
