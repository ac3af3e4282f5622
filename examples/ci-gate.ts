// Fails a build where a snapshot would not be restored as it was saved, and writes what was found as SARIF, which code hosts show.
//
//   node ci-gate.ts snapshots results.sarif

import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMappedRamError, lintSource } from '@mapped-ram/lint';
import { sarifLog } from '@mapped-ram/lint/sarif';
import { openFileSource } from '@mapped-ram/reader/file';

type Checked = Parameters<typeof sarifLog>[0][number];

const [folder, results] = process.argv.slice(2);
if (folder === undefined || results === undefined) throw new Error('usage: ci-gate.ts FOLDER RESULTS');

/** What QEMU 11.1 would do with the file, or why it could not be read. */
async function check(path: string): Promise<Checked> {
  try {
    const source = await openFileSource(path);
    try {
      return { ...(await lintSource(source, { qemu: '11.1', deep: true })), path };
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!isMappedRamError(error)) throw error;
    return { path, error: { code: error.code, message: error.message } };
  }
}

const names = (await readdir(folder)).filter((name) => name.endsWith('.mr')).sort();
const checked: Checked[] = [];
for (const name of names) {
  const file = await check(join(folder, name));
  console.log(`${name}: ${'verdict' in file ? file.verdict : file.error.message}`);
  checked.push(file);
}
await writeFile(results, JSON.stringify(sarifLog(checked, { qemu: '11.1', deep: true })));
if (checked.some((file) => !('verdict' in file) || file.verdict !== 'restores')) process.exitCode = 1;
