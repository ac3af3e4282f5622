import { createHash } from 'node:crypto';
import { qcow2Container } from '@mapped-ram/containers';
import { MappedRamError } from '@mapped-ram/format';
import { lintSource, type QemuVersion } from '@mapped-ram/lint';
import { openSource, SealedReading, unpackTo } from '@mapped-ram/pack/file';
import type { ByteSource } from '@mapped-ram/reader';
import { openSource as openContained, openFileSource } from '@mapped-ram/reader/file';
import {
  configurationSection,
  continuing,
  createSnapshot,
  eosWord,
  footer,
  ramStart,
  type SnapshotLayout,
  type SnapshotWriter,
  streamHeader,
} from '@mapped-ram/writer';
import { createFileTarget } from '@mapped-ram/writer/file';
import {
  type Judgement,
  PROTOCOL_VERSION,
  type RunRequest,
  type WantedSnapshot,
} from '../protocol/messages.js';
import { type AnswerBody, serveTestee } from '../protocol/serve.js';
import { readContents } from '../vector/contents.js';

// Usage: ts-testee.js [--quick]: our own reader and linter, and what takes packed files apart. --quick judges without reading pages.

const CHUNK_BYTES = 1024 * 1024;

const deep = !process.argv.includes('--quick');

const operations = { judge, read, write, unpack };

await serveTestee({
  start: {
    protocol: PROTOCOL_VERSION,
    name: deep ? 'ts' : 'ts-quick',
    version: '0.0.0',
    operations: deep ? ['judge', 'read', 'write', 'unpack'] : ['judge'],
    judges: ['10.0', '11.1'].flatMap((version) => [
      { version, multifd: false },
      { version, multifd: true },
    ]),
    knows: 'file',
  },
  run: (request) => operations[request.operation](request),
});

async function judge(request: RunRequest): Promise<AnswerBody> {
  if (request.internalSnapshot !== undefined) return judgeInDisk(request, request.internalSnapshot);
  const { source } = await openSource(request.file);
  return { ok: await judgeSource(request, source, request.qemu) };
}

/** What cannot be found in a disk image is not loaded from it. */
async function judgeInDisk(request: RunRequest, snapshot: string): Promise<AnswerBody> {
  try {
    const { source } = await openContained(request.file, [qcow2Container(snapshot)]);
    return { ok: await judgeSource(request, source, request.qemu) };
  } catch (error) {
    if (!(error instanceof MappedRamError) || error.code === 'read-failed') throw error;
    return { ok: { verdict: 'refused', says: error.message, rules: [] } };
  }
}

async function judgeSource(
  request: RunRequest,
  source: ByteSource,
  qemu: RunRequest['qemu'],
): Promise<Judgement> {
  if (qemu === undefined) throw new TypeError('judge needs qemu');
  try {
    const sealed = new SealedReading(request.file, source, { contents: deep });
    const report = await lintSource(sealed.source, {
      qemu: qemu.version as QemuVersion,
      multifd: qemu.multifd,
      deep,
      seal: () => sealed.finish(),
      mappedRam: request.mappedRam !== false,
      ...offsetOption(request),
    });
    const reached = report.findings.filter((finding) => finding.reached);
    const rules = reached.map(({ rule, severity }) => ({ id: rule, severity }));
    // Rules that read pages are silent in a quick run, so it is asked for its verdict alone.
    return { verdict: report.verdict, says: '', ...(deep && { rules }) };
  } finally {
    await source.close();
  }
}

function read(request: RunRequest): Promise<AnswerBody> {
  return orRejected(async () => {
    const { source } = await openSource(request.file);
    try {
      return { ok: { blocks: await readContents(source, offsetOption(request)) } };
    } finally {
      await source.close();
    }
  });
}

function unpack({ file }: RunRequest): Promise<AnswerBody> {
  return orRejected(async () => {
    const hash = createHash('sha256');
    const { sizeBytes } = await unpackTo(file, async (bytes) => void hash.update(bytes));
    return { ok: { sizeBytes, sha256: hash.digest('hex') } };
  });
}

/** What is wrong with a file is an answer. */
async function orRejected(work: () => Promise<AnswerBody>): Promise<AnswerBody> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MappedRamError) || error.code === 'read-failed') throw error;
    return { rejected: { code: error.code, message: error.message } };
  }
}

async function write({ file, streamOffset, snapshot }: RunRequest): Promise<AnswerBody> {
  if (snapshot === undefined) throw new TypeError('write needs snapshot');
  const rest = await openFileSource(snapshot.rest);
  const target = await createFileTarget(file);
  try {
    const writer = await createSnapshot(target, layoutOfWanted(snapshot, streamOffset, rest));
    for (const [index, { memory, pageSize }] of snapshot.blocks.entries()) {
      if (memory !== undefined) await writeMemory(writer, index, pageSize, memory);
    }
    const { sizeBytes } = await writer.finish();
    return { ok: { sizeBytes } };
  } catch (error) {
    await target.abort();
    throw error;
  } finally {
    await rest.close();
  }
}

function layoutOfWanted(
  { configuration, ramSectionId, blocks }: WantedSnapshot,
  streamOffset: number | undefined,
  rest: ByteSource,
): SnapshotLayout {
  const end = [eosWord(), footer(ramSectionId)];
  return {
    streamOffset,
    head: [streamHeader(), configurationSection(configuration), ramStart(ramSectionId)],
    blocks: blocks.map(({ id, guestPhysicalAddress, ...block }) => ({
      ...block,
      idstr: id,
      ...(guestPhysicalAddress !== undefined && { guestPhysicalAddress: BigInt(guestPhysicalAddress) }),
    })),
    tail: [
      ...end,
      ...[continuing('part', ramSectionId), ...end],
      ...[continuing('end', ramSectionId), ...end],
      { source: rest, byteOffset: 0, byteLength: rest.sizeBytes },
    ],
  };
}

async function writeMemory(
  writer: SnapshotWriter,
  blockIndex: number,
  pageSize: number,
  path: string,
): Promise<void> {
  const memory = await openFileSource(path);
  try {
    for (let at = 0; at < memory.sizeBytes; at += CHUNK_BYTES) {
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, memory.sizeBytes - at));
      await memory.read(chunk, at);
      await writer.writePages(blockIndex, at / pageSize, chunk);
    }
  } finally {
    await memory.close();
  }
}

function offsetOption({ streamOffset }: RunRequest): { streamOffset?: number } {
  return streamOffset === undefined ? {} : { streamOffset };
}
