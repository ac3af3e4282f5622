import { checkOptions, integerOption, signalOption } from '@mapped-ram/format';
import type { ByteSource } from '../byte-source.js';
import { findVmdescription } from '../device-state/vmdescription-frame.js';
import type { StreamModel } from '../model.js';
import { guardSource } from '../sources/guarded-source.js';
import { walkStreamOnce } from '../stream/stream-walk.js';
import { SourceWindow } from '../window.js';
import { ClassicRam } from './classic-ram.js';
import type { ClassicVisitor } from './visitor.js';

/** The page of most targets, where nothing says otherwise. */
const USUAL_PAGE_BYTES = 4096;

/** How a classic stream is read. */
export interface ClassicOptions {
  /** Offset of the stream in the file, in bytes; by default the start, or where a libvirt header says. */
  readonly streamOffset?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a classic migration stream, one without mapped-ram, from its start to its end, and hands its memory to a visitor on the
 * way. Memory is bounded, whatever the stream holds.
 *
 * @returns What else is in the stream. The bodies of its ram sections list no words, and there are no `ramBlocks`.
 * @throws MappedRamError the first problem of the file; `forbidden-ram-flag` with the reason where pages are stored in a
 * way that is not supported; `unsupported` where the stream is a mapped-ram one; and what the visitor throws.
 * @throws TypeError, RangeError where the source or an option is not one.
 */
export async function readClassicStream(
  source: ByteSource,
  visitor: ClassicVisitor,
  options: ClassicOptions = {},
): Promise<StreamModel> {
  checkOptions<ClassicOptions>(options, { streamOffset: integerOption(), signal: signalOption });
  const { streamOffset, signal } = options;
  const watched = guardSource(source, signal);
  const model = await walkClassicStream(watched, visitor, streamOffset);
  const [problem] = model.problems;
  if (problem !== undefined) throw problem.error;
  return model;
}

/**
 * The same of a stream with whatever is wrong with it: that becomes problems.
 *
 * @throws MappedRamError `read-failed`, `short-read`; what the visitor throws, unless it is about contents.
 */
export async function walkClassicStream(
  watched: ByteSource,
  visitor: ClassicVisitor,
  streamOffset: number | undefined,
): Promise<StreamModel> {
  const window = new SourceWindow(watched);
  const search = { fromOffset: streamOffset ?? 0, sparesPages: true };
  const vmdescription = await findVmdescription(watched, search);
  const pageSize = vmdescription?.json?.page_size || USUAL_PAGE_BYTES;
  const ramReader = new ClassicRam(watched, window, visitor, pageSize);
  return walkStreamOnce(watched, { streamOffset, ramReader }, vmdescription);
}
