import { type ByteSource, openSnapshot } from '@mapped-ram/reader';

/** How a stream is read. */
export interface ViewOptions {
  /** Offset of the stream in the file, in bytes; by default the start, or where a libvirt header says. */
  readonly streamOffset?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The streams that views show. */
const streams = new WeakMap<ByteSource, ByteSource>();

/**
 * Shows a classic stream as the mapped-ram snapshot that `mr convert` would make of it, so that all that reads one reads the other. The stream
 * is read once, and where its pages lie is kept: eight bytes for each that is not zero. It starts where it did. What is no classic
 * stream is left as it is.
 *
 * @returns The view, which closes the source; the source itself where it is no classic stream.
 * @throws MappedRamError what is wrong with the stream; `forbidden-ram-flag` where pages are stored in a way that cannot be read;
 * `limit-exceeded`; `read-failed`. The source is then still open.
 */
export async function viewClassicStream(source: ByteSource, options: ViewOptions = {}): Promise<ByteSource> {
  const { streamOffset } = options;
  const { ramLayout } = await openSnapshot(source, {
    ...(streamOffset !== undefined && { streamOffset }),
    tolerant: true,
  });
  if (ramLayout !== 'classic') return source;
  // Most files are mapped-ram ones, and need nothing of what writes snapshots.
  const { openClassicView } = await import('./classic-view.js');
  const view = await openClassicView(source, options);
  streams.set(view, source);
  return view;
}

/** The file with the stream that a view shows; undefined where a source is no view. */
export function classicStreamOf(source: ByteSource): ByteSource | undefined {
  return streams.get(source);
}
