import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What an installed folder says of itself, in the file `installed.json`, which is written last. */
const RECORD = 'installed.json';

/** @returns what {@link installFolder} wrote down when it made the folder; undefined where it did not */
export function readInstalled<T>(folder: string): T | undefined {
  const path = join(folder, RECORD);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined;
}

/**
 * Makes a folder whole or not at all: it is filled beside its place and then moved there, so an interrupted install leaves
 * nothing that looks like one, and of two at once one wins and the other throws its work away. What interrupted ones left beside
 * it is removed first.
 *
 * @param folder - an absolute path; folders above it are made
 * @param fill - fills the empty folder `root`, may use the empty folder `scratch`, and returns the record to be written down
 * @returns the record
 * @throws what `fill` throws; nothing is left then
 */
export async function installFolder<T extends object>(
  folder: string,
  fill: (root: string, scratch: string) => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(folder), { recursive: true });
  removeAbandoned(folder);
  const work = mkdtempSync(`${folder}.partial-${process.pid}-`);
  try {
    const root = join(work, 'root');
    const scratch = join(work, 'scratch');
    mkdirSync(root);
    mkdirSync(scratch);
    const record = await fill(root, scratch);
    writeFileSync(join(root, RECORD), `${JSON.stringify(record, null, 2)}\n`);
    moveIntoPlace(root, folder);
    return record;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A work folder is named after its process; one whose process is gone was interrupted. */
function removeAbandoned(folder: string): void {
  const prefix = `${basename(folder)}.partial-`;
  for (const name of readdirSync(dirname(folder)).filter((name) => name.startsWith(prefix))) {
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (!existsSync(`/proc/${pid}`)) rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function moveIntoPlace(root: string, folder: string): void {
  try {
    renameSync(root, folder);
  } catch (error) {
    // Another process was quicker, which is as good. A folder without a record, though, is only in the way.
    if (readInstalled(folder) !== undefined) return;
    if (!existsSync(folder)) throw error;
    rmSync(folder, { recursive: true });
    renameSync(root, folder);
  }
}
