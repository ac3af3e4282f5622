import { closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isContainer } from '../open-source.js';

/** How a stream begins, and an image of libvirt, whole or not (QEMU: migration/savevm.h; libvirt: src/qemu/qemu_saveimage.h). */
const BEGINNINGS = ['QEVM', 'LibvirtQemudSave', 'LibvirtQemudPart'] as const;
/** What a snapshot is called whose beginning is lost. */
const SNAPSHOT_NAME = /\.(?:mr|save)$/;
const HEAD_BYTES = 16;

/** Told of the files in a folder that are taken for no snapshots. */
export type OnPassedOver = (path: string) => void;

/**
 * The files that are meant: those that were named, and of folders every snapshot below, in the order of their
 * names. A link is not followed there, and what is hidden, such as a file that is being written, is left out.
 *
 * @throws an error of Node's `fs` where a folder cannot be read
 */
export async function* findFiles(
  paths: readonly string[],
  onPassedOver: OnPassedOver,
): AsyncGenerator<string, void, undefined> {
  for (const path of paths) {
    if (statSync(path, { bigint: true, throwIfNoEntry: false })?.isDirectory())
      yield* filesBelow(path, onPassedOver);
    else yield path;
  }
}

async function* filesBelow(
  folder: string,
  onPassedOver: OnPassedOver,
): AsyncGenerator<string, void, undefined> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path, onPassedOver);
    else if (!entry.isFile()) continue;
    else if (isSnapshot(path)) yield path;
    else onPassedOver(path);
  }
}

/** By its name or its beginning. One that cannot be read is for whoever opens it to tell of. */
function isSnapshot(path: string): boolean {
  if (SNAPSHOT_NAME.test(path)) return true;
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return true;
  }
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const text = head.toString('latin1', 0, readSync(descriptor, head, 0, HEAD_BYTES, 0));
    return BEGINNINGS.some((beginning) => text.startsWith(beginning)) || isContainer(path);
  } catch {
    return true;
  } finally {
    closeSync(descriptor);
  }
}
