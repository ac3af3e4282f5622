/** A subsection that a device has because of how it was built, whatever happened in it. */
interface BuiltInPart {
  readonly subsection: string;
  readonly what: string;
  readonly help: string;
}

/** QEMU ends in an assertion where a state has more of these than the device has room for. */
const PARTS: readonly BuiltInPart[] = [
  {
    subsection: 'cpu/wfxt-timer',
    what: 'the processor has a timer in the file that the destination has no room for',
    help: '-cpu with the model that was saved, and the release that saved it',
  },
  {
    subsection: 'hda-audio-stream/buffer',
    what: 'the sound codec has more streams in the file than in the destination',
    help: '-device hda-duplex, which has both directions',
  },
];

/** The first part of which the file's state has more than the destination's. */
export function missingBuiltInPart(saved: Uint8Array, own: Uint8Array): BuiltInPart | undefined {
  return PARTS.find(({ subsection }) => occurrences(saved, subsection) > occurrences(own, subsection));
}

function occurrences(body: Uint8Array, text: string): number {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let count = 0;
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) count++;
  return count;
}
