/**
 * `CHANNELS FILE read|load|map`: reads the first block's pages with our channels, or has them in new memory, copied or mapped, and prints
 * how many seconds that took; new memory is there.
 */
import { loadPages, openChannels } from '@mapped-ram/multifd';
import { openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { takeMemory } from './take-memory.js';

const [channelsText = '', path = '', purpose = ''] = process.argv.slice(2);
const snapshot = await openSnapshot(await openFileSource(path));
const [block] = snapshot.ramBlocks;
if (block === undefined) throw new Error(`${path} has no RAM block`);

takeMemory();
const started = performance.now();
const Growable = SharedArrayBuffer as new (length: number, options: object) => SharedArrayBuffer;
const memory =
  purpose === 'read' ? undefined : new Growable(block.usedLength, { maxByteLength: block.usedLength });
const channels = await openChannels({
  channels: Number(channelsText),
  source: { path },
  target: memory && { memory, copyOnWrite: purpose === 'map' },
});
if (memory === undefined) {
  const { pageSize, pagesOffset: readFrom } = block;
  for await (const { firstPage, pageCount, bytes: wanted } of snapshot.readBitmap(block)) {
    await channels.move({ pageSize, readFrom, firstPage, pageCount, wanted });
  }
} else {
  await loadPages(channels, snapshot, block);
}
await channels.sync();
console.log((performance.now() - started) / 1000);
await channels.close();
await snapshot.close();
