// Reads a snapshot where it lies on a web server: what is in it, and the pages of its smallest block. Nothing else is fetched.
//
//   node read-from-server.ts https://example.org/snapshots/guest.mr

import { createHash } from 'node:crypto';
import { openSnapshot } from '@mapped-ram/reader';
import { cachedSource } from '@mapped-ram/reader/cached';
import { openHttpSource } from '@mapped-ram/reader/http';

const [url] = process.argv.slice(2);
if (url === undefined) throw new Error('usage: read-from-server.ts URL');

// A server that does not answer does not keep the program for ever.
const signal = AbortSignal.timeout(60_000);
const source = cachedSource(await openHttpSource(url));
const snapshot = await openSnapshot(source, { signal });
console.log(`machine ${snapshot.configuration?.machine ?? 'not told'}`);
for (const block of snapshot.ramBlocks) {
  console.log(`${block.idstr}: ${await snapshot.countSetPages(block)} of ${block.pageCount} pages set`);
}

const [smallest] = [...snapshot.ramBlocks].sort((a, b) => a.usedLength - b.usedLength);
if (smallest === undefined) throw new Error('the snapshot has no memory');
const pages = createHash('sha256');
for await (const batch of snapshot.pages(smallest)) {
  for (const { bytes } of batch) pages.update(bytes);
}
console.log(`pages of ${smallest.idstr}: sha256 ${pages.digest('hex')}`);
console.log(`requests: ${source.requests}`);
await snapshot.close();
