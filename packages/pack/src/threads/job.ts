import type { PostedError } from '@mapped-ram/posix';
import type { PackJob } from '../pack/piece-packer.js';
import type { UnpackJob } from '../unpack/piece-unpacker.js';

/** What a thread is there for. */
export type Job = PackJob | UnpackJob;

/** What a thread answers to a task. */
export type Report = { readonly result: unknown } | { readonly error: PostedError };

/** What a thread says when it can take tasks. */
export const READY = 'ready';

/** What a thread is sent when there is no more to do. */
export const END = 'end';
