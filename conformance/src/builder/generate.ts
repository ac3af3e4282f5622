import { type CaptureInfo, captureInfo, loadCapture, type SparseImage } from '@mapped-ram/fixtures';
import { openSnapshot, type StreamModel } from '@mapped-ram/reader';
import { readContents } from '../vector/contents.js';
import type { Vector } from '../vector/vector.js';
import type { VectorDefinition } from './define.js';
import { Mutation } from './mutation.js';

/** A capture, opened once for all the vectors that are made from it. */
interface Base {
  readonly info: CaptureInfo;
  readonly image: SparseImage;
  readonly model: StreamModel;
}

const bases = new Map<string, Promise<Base>>();

/**
 * Makes a vector from its definition.
 *
 * @param recorded The vector as it is on disk: what QEMU did is kept where the file is still the same.
 */
export async function generateVector(
  definition: VectorDefinition,
  recorded: Vector | undefined,
): Promise<Vector> {
  const { info, image, model } = await openBase(definition.base);
  const mutation = new Mutation(image, model);
  definition.mutate(mutation);
  const file = {
    sizeBytes: mutation.image.sizeBytes,
    sha256: mutation.image.sha256(),
    ...(definition.storage !== undefined && { storage: definition.storage }),
  };
  const streamOffset = definition.streamOffset ?? info.streamOffset;
  const isSameFile = recorded?.file.sha256 === file.sha256 && (recorded.streamOffset ?? 0) === streamOffset;
  return {
    $schema: '../../schema/vector.schema.json',
    id: definition.id,
    what: definition.what,
    why: definition.why,
    clauses: definition.clauses,
    base: definition.base,
    edits: mutation.edits,
    file,
    ...(streamOffset !== 0 && { streamOffset }),
    expected: {
      outcome: definition.outcome,
      stage: definition.stage,
      rules: definition.rules ?? [],
      ...(isForReaders(definition) && {
        blocks: await readContents(mutation.image, { streamOffset }),
      }),
      ...(definition.verdict !== undefined && { verdict: definition.verdict }),
      ...(definition.verdictOf !== undefined && { verdictOf: definition.verdictOf }),
    },
    ...(definition.needsDestination !== undefined && { needsDestination: definition.needsDestination }),
    ...(definition.readBy !== undefined && { readBy: definition.readBy }),
    ...(definition.mappedRam === false && { mappedRam: false }),
    ...(isSameFile && recorded.qemu !== undefined && { qemu: recorded.qemu }),
  };
}

/** Whether every reader must open the file. */
function isForReaders({ outcome, readersMayReject }: VectorDefinition): boolean {
  return outcome === 'accepted' && readersMayReject !== true;
}

function openBase(id: string): Promise<Base> {
  let base = bases.get(id);
  if (base === undefined) {
    base = readBase(id);
    bases.set(id, base);
  }
  return base;
}

async function readBase(id: string): Promise<Base> {
  const info = captureInfo(id);
  const image = await loadCapture(id);
  const model = await openSnapshot(image, { streamOffset: info.streamOffset, tolerant: !info.good });
  return { info, image, model };
}
