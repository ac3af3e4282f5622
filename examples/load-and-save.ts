// Loads a guest's memory from a snapshot through N channels, and saves it into a new one through M: the file is the same for any numbers.
//
//   node load-and-save.ts guest.mr again.mr 4 2

import { open, rename, rm } from 'node:fs/promises';
import { loadPages, openChannels, savePages } from '@mapped-ram/multifd';
import { openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { createSnapshot, layoutOf } from '@mapped-ram/writer';
import { createFileTarget } from '@mapped-ram/writer/file';

const [from, to, loading = '4', saving = '2'] = process.argv.slice(2);
if (from === undefined || to === undefined) throw new Error('usage: load-and-save.ts FROM TO [N] [M]');

/** Every block's memory, as the guest had it. */
async function load(snapshot: Snapshot, path: string, channelCount: number): Promise<SharedArrayBuffer[]> {
  const memories: SharedArrayBuffer[] = [];
  for (const block of snapshot.ramBlocks) {
    const memory = new SharedArrayBuffer(block.usedLength);
    const channels = await openChannels({ channels: channelCount, source: { path }, target: { memory } });
    try {
      await loadPages(channels, snapshot, block);
      await channels.sync();
    } finally {
      await channels.close();
    }
    memories.push(memory);
  }
  return memories;
}

/** Puts the memory into a snapshot whose bitmaps are still empty: pages first, bitmaps last, as QEMU does. */
async function save(
  path: string,
  memories: readonly SharedArrayBuffer[],
  channelCount: number,
): Promise<void> {
  const snapshot = await openSnapshot(await openFileSource(path));
  const file = await open(path, 'r+');
  try {
    for (const [index, block] of snapshot.ramBlocks.entries()) {
      const memory = memories[index];
      if (memory === undefined) throw new Error(`${block.idstr} has no memory`);
      const bitmap = new Uint8Array(block.bitmapLengthBytes);
      const channels = await openChannels({ channels: channelCount, source: { memory }, target: { path } });
      try {
        await savePages(channels, block, bitmap);
        await channels.sync();
      } finally {
        await channels.close();
      }
      await file.write(bitmap, 0, bitmap.length, block.bitmapOffset);
    }
    await file.sync();
  } finally {
    await file.close();
    await snapshot.close();
  }
}

const source = await openFileSource(from);
const snapshot = await openSnapshot(source);
const memories = await load(snapshot, from, Number(loading));

// With empty bitmaps it would restore empty memory, so that it must not have its name yet.
const unfinished = `${to}.unfinished`;
try {
  const target = await createFileTarget(unfinished);
  try {
    await (await createSnapshot(target, layoutOf(snapshot, source))).finish();
  } catch (error) {
    await target.abort();
    throw error;
  }
  await save(unfinished, memories, Number(saving));
  await rename(unfinished, to);
} finally {
  await rm(unfinished, { force: true });
  await snapshot.close();
}
console.log(`${to}: loaded with ${loading} channels, saved with ${saving}`);
