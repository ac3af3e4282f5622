import { STREAM_MAGIC, STREAM_VERSION } from '@mapped-ram/format';
import { type ByteSource, type OtherFile, recogniseOther } from '@mapped-ram/reader';

/** Room that a container may take in front of the stream. */
const SEARCHED_BYTES = 2 * 1024 * 1024;

/** What explains that a file has no stream where it should be. */
export interface NoStream {
  /** What the file is, where it is known. */
  readonly otherFile?: OtherFile;
  /** Where a stream seems to start, in a file that may be one with something in front. */
  readonly streamElsewhere?: number;
}

/** @throws MappedRamError `read-failed` */
export async function explainNoStream(source: ByteSource): Promise<NoStream> {
  const bytes = new Uint8Array(Math.min(SEARCHED_BYTES, source.sizeBytes));
  await source.read(bytes, 0);
  const otherFile = recogniseOther(bytes);
  if (otherFile !== undefined) return { otherFile };
  const streamElsewhere = findStream(bytes);
  return streamElsewhere === undefined ? {} : { streamElsewhere };
}

/** The offset of what looks like a stream's start: magic and version as QEMU writes them. */
function findStream(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer);
  const firstByte = STREAM_MAGIC >>> 24;
  for (
    let at = bytes.indexOf(firstByte);
    at >= 0 && at + 8 <= bytes.length;
    at = bytes.indexOf(firstByte, at + 1)
  ) {
    if (view.getUint32(at) === STREAM_MAGIC && view.getUint32(at + 4) === STREAM_VERSION) return at;
  }
  return undefined;
}
