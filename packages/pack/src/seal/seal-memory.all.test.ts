import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { scratchFolder } from '../testing/scratch.js';

const inScratch = scratchFolder();
const GIB = 2 ** 30;
const LIMIT_BYTES = 100 * 2 ** 20;

const PROGRAM = `
  import { readFileSync } from 'node:fs';
  import { sealFile, verifyFile } from '@mapped-ram/pack/file';
  await sealFile(process.argv[1]);
  const { isSame } = await verifyFile(process.argv[1]);
  const [, kib] = /^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  console.log(JSON.stringify({ isSame, peakBytes: kib * 1024 }));
`;

// In a process of its own, of whose memory nothing else takes a part. What getrusage tells would count that of the process that
// started it too.
it.skipIf(process.platform !== 'linux')('takes less than 100 MiB for a file of 1 TiB', async () => {
  const path = inScratch('large');
  const file = await open(path, 'w');
  try {
    for (let part = 0; part < 8; part++) {
      await file.write(Buffer.alloc(2 ** 20, part + 1), 0, 2 ** 20, part * 128 * GIB + 4096 * part);
    }
    await file.truncate(1024 * GIB);
  } finally {
    await file.close();
  }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', PROGRAM, path],
    { cwd: fileURLToPath(new URL('../..', import.meta.url)) },
  );
  const { isSame, peakBytes } = JSON.parse(stdout);
  expect(isSame).toBe(true);
  expect(peakBytes).toBeLessThan(LIMIT_BYTES);
});
