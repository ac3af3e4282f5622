// Makes a snapshot of memory that lies in a file, for a machine without devices. QEMU restores it:
//
//   node write-snapshot.ts memory.raw written.mr
//   qemu-system-x86_64 -M none -m 64k -display none -monitor stdio -incoming defer
//   (qemu) migrate_set_capability mapped-ram on
//   (qemu) migrate_incoming file:written.mr

import { open } from 'node:fs/promises';
import { createSnapshot, describeSnapshot } from '@mapped-ram/writer';
import { createFileTarget } from '@mapped-ram/writer/file';

const PAGE_BYTES = 4096;
const CHUNK_PAGES = 256;

const [memoryPath, snapshotPath] = process.argv.slice(2);
if (memoryPath === undefined || snapshotPath === undefined) {
  throw new Error('usage: write-snapshot.ts MEMORY SNAPSHOT');
}

const memory = await open(memoryPath);
const { size } = await memory.stat();
if (size === 0 || size % PAGE_BYTES !== 0) throw new Error(`${memoryPath} has no whole pages of 4 KiB`);

const layout = describeSnapshot({
  machine: 'none',
  blocks: [{ idstr: 'ram', usedLength: size, pageSize: PAGE_BYTES }],
});
// The file gets its name when it is whole; until then it is a hidden one beside.
const target = await createFileTarget(snapshotPath);
try {
  const writer = await createSnapshot(target, layout);
  const chunk = new Uint8Array(CHUNK_PAGES * PAGE_BYTES);
  for (let byteOffset = 0; byteOffset < size; byteOffset += chunk.length) {
    const { bytesRead } = await memory.read(chunk, 0, Math.min(chunk.length, size - byteOffset), byteOffset);
    // Pages of zeros are left out.
    await writer.writePages(0, byteOffset / PAGE_BYTES, chunk.subarray(0, bytesRead));
  }
  const { sizeBytes } = await writer.finish();
  console.log(`${snapshotPath}: ${sizeBytes} bytes`);
} catch (error) {
  await target.abort();
  throw error;
}
await memory.close();
