import { SectionType } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';

/** What is looked at before the end: more than the vmdescription of a machine with many devices takes. */
const TAIL_BYTES = 256 * 1024;

/** Type byte and length, before the JSON. */
const FRAME_HEADER_BYTES = 5;

/** Whether a stream ends with its whole vmdescription at an offset, so that nothing that lies behind is a part of it. */
export async function endsDescribed(stream: ByteSource, endOffset: number): Promise<boolean> {
  const tail = new Uint8Array(Math.min(endOffset, TAIL_BYTES));
  await stream.read(tail, endOffset - tail.length);
  const view = new DataView(tail.buffer);
  let at = tail.length - FRAME_HEADER_BYTES;
  while (at >= 0) {
    at = tail.lastIndexOf(SectionType.vmdescription, at);
    if (at < 0) return false;
    const lengthBytes = tail.length - at - FRAME_HEADER_BYTES;
    if (view.getUint32(at + 1) === lengthBytes && lengthBytes > 0) return true;
    at--;
  }
  return false;
}
