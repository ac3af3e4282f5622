import { openCodec } from '@mapped-ram/pack/codec';
import { PiecePacker } from '../pack/piece-packer.js';
import { PieceUnpacker } from '../unpack/piece-unpacker.js';
import type { Hand } from './hand.js';
import type { Job } from './job.js';

/** Makes ready to do tasks of a job, in this thread. */
export async function startJob(job: Job): Promise<Hand<never, unknown>> {
  const codec = await openCodec();
  return job.kind === 'pack' ? new PiecePacker(job, codec) : new PieceUnpacker(job, codec);
}
