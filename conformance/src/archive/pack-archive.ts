import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { CAPTURES_PATH } from '@mapped-ram/fixtures';
import { writeWholeFile } from '@mapped-ram/writer/file';
import { packedBase, packedStore, readPackedVectors } from '../packing/packed-store.js';
import { readVectors, vectorStore } from '../vector/store.js';
import { readTasks, taskStore } from '../writing/task-store.js';
import { type ArchiveFile, tarArchive } from './tar-archive.js';

const TOP = 'mapped-ram-conformance';

/** Paths in the archive, and in the checkout from the suite's folder on. */
const DOCUMENTS = {
  'README.md': 'archive/README.md',
  'build.py': 'archive/build.py',
  'run.py': 'archive/run.py',
  'PROTOCOL.md': 'PROTOCOL.md',
  'mapped-ram.md': '../spec/mapped-ram.md',
  'packed.md': '../spec/packed.md',
  LICENSE: '../LICENSE',
  'schema/vector.schema.json': 'schema/vector.schema.json',
  'schema/packed-vector.schema.json': 'schema/packed-vector.schema.json',
  'schema/writing-task.schema.json': 'schema/writing-task.schema.json',
  'schema/protocol.schema.json': 'schema/protocol.schema.json',
} as const;

/** What was packed. */
export interface PackedArchive {
  readonly vectors: number;
  readonly sizeBytes: number;
}

/** Packs all vectors, packed files and writing tasks, and what they are made from, into a tar.gz. The same vectors give the same bytes. */
export async function packArchive(path: string): Promise<PackedArchive> {
  const vectors = readVectors();
  const packedFiles = readPackedVectors();
  const tasks = readTasks();
  const bases = [...new Set([...vectors, ...tasks].map(({ base }) => base))].sort();
  const ids = (all: readonly { readonly id: string }[]) => all.map(({ id }) => id);
  const index = { version: 1, vectors: ids(vectors), packed: ids(packedFiles), writing: ids(tasks) };
  const files: ArchiveFile[] = [
    ...Object.entries(DOCUMENTS).map(([name, source]) => ({
      path: name,
      content: readFileSync(fileURLToPath(new URL(`../../${source}`, import.meta.url))),
      isExecutable: name.endsWith('.py'),
    })),
    textFile('index.json', `${JSON.stringify(index, null, 2)}\n`),
    ...bases.flatMap((base) =>
      ['capture.json', 'extents.bin.gz'].map((name) => ({
        path: `captures/${base}/${name}`,
        content: readFileSync(join(CAPTURES_PATH, base, name)),
      })),
    ),
    ...vectors.map((vector) => textFile(`vectors/${vector.id}.json`, vectorStore.format(vector))),
    ...[...new Set(packedFiles.map(({ base }) => base))].map((base) => ({
      path: `packed/${base}`,
      content: packedBase(base),
    })),
    ...packedFiles.map((vector) => textFile(`${vector.id}.json`, packedStore.format(vector))),
    ...tasks.map((task) => textFile(`${task.id}.json`, taskStore.format(task))),
  ];
  const packed = gzipSync(tarArchive(files.map((file) => ({ ...file, path: `${TOP}/${file.path}` }))), {
    level: 9,
  });
  // zlib writes no time; the tenth byte names the system.
  packed[9] = 255;
  await writeWholeFile(path, packed, { overwrite: true, mode: 0o644 });
  return { vectors: vectors.length, sizeBytes: packed.length };
}

function textFile(path: string, text: string): ArchiveFile {
  return { path, content: Buffer.from(text) };
}
