import type { PackJob } from '../pack/piece-packer.js';
import type { UnpackJob } from '../unpack/piece-unpacker.js';
import type { PostedError } from './posted-error.js';

/** What a thread is there for. */
export type Job = PackJob | UnpackJob;

/** What a thread answers to a task. */
export type Report = { readonly result: unknown } | { readonly error: PostedError };

/** What a thread is sent when there is no more to do. */
export const END = 'end';
