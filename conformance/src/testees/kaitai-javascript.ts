import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import type { Contents, RunRequest } from '../protocol/messages.js';
import { PROTOCOL_VERSION } from '../protocol/messages.js';
import { type AnswerBody, serveTestee } from '../protocol/serve.js';
import type { ExpectedBlock } from '../vector/vector.js';
import { compileParsers } from './compile-parsers.js';

// Usage: node --expose-gc kaitai-javascript.js, and other flags that save memory: the parsers that Kaitai generates in JavaScript, over Kaitai's own runtime.

/** As much as one file may take; the parsers have it in memory whole. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** The parts of what the compiler writes that are used here: it gives no types. */
interface ParsedStream {
  readonly records: readonly {
    readonly isOpening: boolean;
    readonly isRam: boolean;
    readonly ramBody?: {
      readonly items: readonly { readonly blockTable?: { readonly blocks: ParsedBlock[] } }[];
    };
  }[];
}

interface ParsedBlock {
  readonly entry: { readonly idstr: string; readonly lenUsed: number };
  readonly header: { readonly lenPage: number; readonly ofsPages: number };
  readonly isIgnored: boolean;
  readonly numPages: number;
  readonly bitmap: Uint8Array;
}

interface StockStream {
  seek(offset: number): void;
}

interface Parser<T> {
  new (stream: StockStream): T;
}

const folder = await compileParsers('javascript');
const require = createRequire(import.meta.url);
const KaitaiStream = require('kaitai-struct/KaitaiStream') as new (buffer: ArrayBuffer) => StockStream;
const MappedRam = loadParser<ParsedStream>('MappedRam');
const LibvirtSave = loadParser<{ readonly ofsStream: number }>('LibvirtSave');

await serveTestee({
  start: {
    protocol: PROTOCOL_VERSION,
    name: 'kaitai-javascript',
    version: (require('kaitai-struct/package.json') as { readonly version: string }).version,
    operations: ['read'],
    knows: 'file',
  },
  run: (request) => Promise.resolve(read(request)),
});

/** The compiler writes a script for several module systems; here it is given CommonJS's two names. */
function loadParser<T>(name: string): Parser<T> {
  const exports: Record<string, Parser<T>> = {};
  const code = readFileSync(join(folder, `${name}.js`), 'utf8');
  compileFunction(code, ['exports', 'require'])(exports, require);
  return exports[name] as Parser<T>;
}

function read({ file, streamOffset }: RunRequest): AnswerBody {
  const { size } = statSync(file);
  if (size > MAX_FILE_BYTES) return { skipped: { reason: `the file has ${size} bytes` } };
  const buffer = readWhole(file, size);
  try {
    return { ok: parse(buffer, streamOffset ?? libvirtStreamOffset(buffer)) };
  } catch (error) {
    // Whatever the generated code throws, it throws over the file.
    return { rejected: { code: (error as Error).name, message: String(error) } };
  }
}

/** Without the copy that a Buffer of its own size would be. The file before it is given back first: Node is in no hurry. */
function readWhole(file: string, sizeBytes: number): ArrayBuffer {
  globalThis.gc?.();
  const buffer = new ArrayBuffer(sizeBytes);
  const descriptor = openSync(file, 'r');
  try {
    for (let at = 0; at < sizeBytes; ) {
      at += readSync(descriptor, new Uint8Array(buffer, at), 0, sizeBytes - at, at);
    }
    return buffer;
  } finally {
    closeSync(descriptor);
  }
}

function libvirtStreamOffset(buffer: ArrayBuffer): number {
  const isImage = Buffer.from(buffer, 0, 12).toString('latin1') === 'LibvirtQemud';
  return isImage ? new LibvirtSave(new KaitaiStream(buffer)).ofsStream : 0;
}

function parse(buffer: ArrayBuffer, streamOffset: number): Contents {
  const stream = new KaitaiStream(buffer);
  stream.seek(streamOffset);
  const blocks = new MappedRam(stream).records
    .filter((record) => record.isOpening && record.isRam)
    .flatMap((record) => record.ramBody?.items ?? [])
    .flatMap((item) => item.blockTable?.blocks ?? []);
  return { blocks: blocks.map((block) => describe(buffer, block)) };
}

function describe(buffer: ArrayBuffer, block: ParsedBlock): ExpectedBlock {
  const pages = block.isIgnored ? [] : setPages(block);
  return {
    id: block.entry.idstr,
    usedLength: block.entry.lenUsed,
    pageSize: block.header.lenPage,
    setPages: pages.length,
    sha256: hashMemory(buffer, block, pages),
  };
}

function setPages({ bitmap, numPages }: ParsedBlock): number[] {
  return Array.from({ length: numPages }, (_, page) => page).filter(
    (page) => ((bitmap[page >> 3] as number) >> (page & 7)) & 1,
  );
}

function hashMemory(buffer: ArrayBuffer, block: ParsedBlock, pages: readonly number[]): string {
  const { lenPage, ofsPages } = block.header;
  const hash = createHash('sha256');
  const zeros = new Uint8Array(lenPage);
  const isSet = new Set(pages);
  for (let page = 0; page < (block.isIgnored ? 0 : block.numPages); page++) {
    hash.update(isSet.has(page) ? new Uint8Array(buffer, ofsPages + page * lenPage, lenPage) : zeros);
  }
  return hash.digest('hex');
}
