import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { openCodec } from '@mapped-ram/pack/codec';

/** What is in a kdump file. */
export interface KdumpFile {
  readonly machine: string;
  readonly pageSize: number;
  readonly processors: number;
  readonly notes: Buffer;
  readonly level: number;
  /** Pages that are memory, by their number; undefined for one that is not in the file. */
  readonly pages: ReadonlyMap<number, Buffer | undefined>;
}

/** Reads a whole kdump file, as libkdumpfile does (makedumpfile: diskdump_mod.h). */
export async function readKdump(path: string, littleEndian = true): Promise<KdumpFile> {
  const file = readFileSync(path);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const u32 = (at: number) => view.getUint32(at, littleEndian);
  const u64 = (at: number) => Number(view.getBigUint64(at, littleEndian));
  if (file.toString('latin1', 0, 8) !== 'KDUMP   ' || u32(8) !== 6)
    throw new Error('no kdump file of version 6');
  const pageSize = u32(428);
  const [subBlocks, bitmapBlocks] = [u32(432), u32(436)];
  const sub = pageSize;
  const frames = u64(sub + 96);
  const bitmap = (1 + subBlocks) * pageSize;
  const half = (bitmapBlocks / 2) * pageSize;
  const isSet = (at: number, frame: number) =>
    (((file[at + (frame >> 3)] as number) >> (frame & 7)) & 1) === 1;
  const codec = await openCodec();
  const pages = new Map<number, Buffer | undefined>();
  let descriptor = bitmap + 2 * half;
  for (let frame = 0; frame < frames; frame++) {
    if (!isSet(bitmap, frame)) continue;
    if (!isSet(bitmap + half, frame)) {
      pages.set(frame, undefined);
      continue;
    }
    const bytes = file.subarray(u64(descriptor), u64(descriptor) + u32(descriptor + 8));
    const page = Buffer.alloc(pageSize);
    switch (u32(descriptor + 12)) {
      case 0:
        bytes.copy(page);
        break;
      case 1:
        inflateSync(bytes).copy(page);
        break;
      case 0x20:
        codec.decompress(bytes, page);
        break;
      default:
        throw new Error(`a page is compressed in a way that is not known: ${u32(descriptor + 12)}`);
    }
    pages.set(frame, page);
    descriptor += 24;
  }
  return {
    machine: file.toString('latin1', 12 + 4 * 65, 12 + 5 * 65).replace(/\0.*$/, ''),
    pageSize,
    processors: u32(460),
    level: u32(sub + 8),
    notes: file.subarray(u64(sub + 48), u64(sub + 48) + u64(sub + 56)),
    pages,
  };
}
