import { spawn } from 'node:child_process';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { MappedRamError } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import type { Compression } from './compression.js';

const PIECE_BYTES = 1024 * 1024;

/** What a program says that counts: its last words. */
const MAX_WORDS = 300;

/** Where what is compressed lies in a file, in bytes. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Takes what was decompressed, piece by piece. */
export type TakePiece = (piece: Uint8Array) => Promise<void>;

/** What node:zlib has from Node 22.15 on; the types are those of Node 20. */
interface ZstdZlib {
  createZstdDecompress?(): Transform;
}

/**
 * Decompresses a stretch of a file: gzip, and zstd where Node has it, by node:zlib, everything else by the program that there is
 * for it.
 *
 * @throws MappedRamError `unsupported` where the program is not there; `bad-compressed-file`; `read-failed`; what `take` throws.
 */
export async function decompress(
  source: ByteSource,
  stretch: Stretch,
  compression: Compression,
  take: TakePiece,
): Promise<void> {
  const input = Readable.from(pieces(source, stretch));
  const stream = decompressorOf(compression);
  let refusal: { readonly error: unknown } | undefined;
  const tellRefusal: TakePiece = async (piece) => {
    try {
      await take(piece);
    } catch (error) {
      // What ends a stream is told of as an abort.
      refusal = { error };
      throw error;
    }
  };
  try {
    if (stream === undefined) await byProgram(input, compression, tellRefusal);
    else await pipeline(input, stream, (output) => takeAll(output, tellRefusal));
  } catch (cause) {
    throw refusal?.error ?? inWords(cause, compression);
  }
}

function decompressorOf({ name }: Compression): Transform | undefined {
  if (name === 'gzip') return zlib.createGunzip({ chunkSize: PIECE_BYTES });
  if (name === 'zstd') return (zlib as ZstdZlib).createZstdDecompress?.();
  return undefined;
}

async function takeAll(output: AsyncIterable<Uint8Array>, take: TakePiece): Promise<void> {
  for await (const piece of output) await take(piece);
}

async function* pieces(source: ByteSource, { from, to }: Stretch): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; ) {
    const piece = new Uint8Array(Math.min(PIECE_BYTES, to - at));
    const filled = await source.read(piece, at, { bulk: true });
    if (filled === 0) return;
    yield piece.subarray(0, filled);
    at += filled;
  }
}

async function byProgram(input: Readable, compression: Compression, take: TakePiece): Promise<void> {
  const [program, ...args] = compression.command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-MAX_WORDS);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  ended.catch(() => {});
  try {
    // A program that ends early says why on standard error.
    const feeding = pipeline(input, child.stdin).catch((error: NodeJS.ErrnoException) => {
      if (error instanceof MappedRamError) throw error;
    });
    await takeAll(child.stdout, take);
    const status = await ended;
    await feeding;
    if (status !== 0)
      throw new Error(said.trim().replaceAll('\n', '; ') || `${program} ended with ${status}`);
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === 'ENOENT' ? missing(compression, cause) : cause;
  } finally {
    child.kill();
    input.destroy();
  }
}

function missing({ name, command: [program] }: Compression, cause: unknown): MappedRamError {
  const what = `it is compressed with ${name}, and there is no program ${program} to unpack it: install it, or unpack the file elsewhere`;
  return new MappedRamError('unsupported', { what, cause });
}

function inWords(cause: unknown, { name }: Compression): unknown {
  if (cause instanceof MappedRamError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MappedRamError('bad-compressed-file', {
    what: `what ${name} compressed cannot be unpacked (${reason})`,
    cause,
  });
}
