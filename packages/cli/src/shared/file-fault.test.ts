import { openSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { MappedRamError } from '@mapped-ram/format';
import { expect, it } from 'vitest';
import { toFileFault } from './file-fault.js';

function causeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

it('words what the system refused', () => {
  const cause = causeOf(() => openSync('/there/is/nothing', 'r'));
  const error = new MappedRamError('read-failed', { what: 'it cannot be opened', cause });
  expect(toFileFault(error)).toEqual({
    code: 'read-failed',
    errno: 'ENOENT',
    message: 'no such file or directory',
  });
});

it('takes no number of zlib for one of the system: -5 is no i/o error', () => {
  const cause = causeOf(() => gunzipSync(gzipSync('snapshot').subarray(0, 12)));
  expect(cause).toMatchObject({ errno: -5 });
  const error = new MappedRamError('bad-compressed-file', { what: 'it cannot be unpacked', cause });
  expect(toFileFault(error)).toEqual({ code: 'bad-compressed-file', message: 'it cannot be unpacked' });
});

it.each([
  ['/nothing/caf\u{fffd}.mr', ': its name is not UTF-8, which Node cannot open; give it another'],
  ['/nothing/café.mr', ''],
])('says why %s may not be found', (path, why) => {
  const cause = causeOf(() => openSync(path, 'r'));
  const { message } = toFileFault(new MappedRamError('read-failed', { cause }));
  expect(message).toBe(`no such file or directory${why}`);
});
