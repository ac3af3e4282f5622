import { lintSource } from '@mapped-ram/lint';
import { openPacked } from '@mapped-ram/pack';
import { type CodecKind, digestSource, openCodecOf } from '@mapped-ram/pack/file';
import { countingSource, openSnapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { median } from '../spread.js';

const MIB = 2 ** 20;
const PAGES = 400;

/** Processor time for a page somewhere in a packed file, in milliseconds. @returns undefined where the codec is not there */
export async function pageMilliseconds(path: string, kind: CodecKind): Promise<number | undefined> {
  const codec = await openCodecOf(kind);
  if (codec === undefined) return undefined;
  // Nothing is kept, so that each is decoded.
  const source = await openPacked(await openFileSource(path), codec, { cacheBytes: 0 });
  const snapshot = await openSnapshot(source);
  const [ram] = [...snapshot.ramBlocks].sort((a, b) => b.usedLength - a.usedLength);
  if (ram === undefined) throw new RangeError('there is no block');
  const places: number[] = [];
  for await (const batch of snapshot.runs(ram)) {
    for (const { firstPage, pageCount } of batch) {
      for (let page = firstPage; page < firstPage + pageCount; page++) places.push(page);
    }
  }
  const page = new Uint8Array(ram.pageSize);
  let state = 5;
  const read = async (count: number) => {
    for (let round = 0; round < count; round++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const index = places[state % places.length] ?? 0;
      await source.read(page, ram.pagesOffset + index * ram.pageSize);
    }
  };
  await read(PAGES / 4);
  const started = process.cpuUsage();
  await read(PAGES);
  const { user, system } = process.cpuUsage(started);
  await source.close();
  return (user + system) / 1000 / PAGES;
}

/** Which part of a packed file a quick lint reads. */
export async function shareOfQuickLint(path: string): Promise<number> {
  const codec = await openCodecOf('wasm');
  if (codec === undefined) throw new RangeError('WebAssembly is there always');
  const file = countingSource(await openFileSource(path));
  await lintSource(await openPacked(file, codec));
  const share = file.bytesRead / file.sizeBytes;
  await file.close();
  return share;
}

/** How much of a file's set bytes is sealed in a second of a processor, in MiB. */
export async function sealRate(path: string, setBytes: number): Promise<number> {
  const rates: number[] = [];
  for (let round = 0; round < 6; round++) {
    const source = await openFileSource(path);
    const started = process.cpuUsage();
    await digestSource(source);
    const { user, system } = process.cpuUsage(started);
    await source.close();
    if (round > 0) rates.push(setBytes / MIB / ((user + system) / 1e6));
  }
  return median(rates);
}
