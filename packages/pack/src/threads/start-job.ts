import { openCodec } from '@mapped-ram/pack/codec';
import { PiecePacker } from '../pack/piece-packer.js';
import { PieceUnpacker } from '../unpack/piece-unpacker.js';
import { ContentChecksum } from '../zstd/content-checksum.js';
import type { Hand } from './hand.js';
import type { Job } from './job.js';

/** Makes ready to do tasks of a job, in this thread. */
export async function startJob(job: Job): Promise<Hand<never, unknown>> {
  const codec = await openCodec();
  if (job.kind === 'pack') return new PiecePacker(job, codec);
  return new PieceUnpacker(job, { codec, checksum: await ContentChecksum.load() });
}
