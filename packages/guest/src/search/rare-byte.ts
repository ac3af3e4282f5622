const TEXT = (characters: string) => new TextEncoder().encode(characters);

/** Bytes that are met often in the memory of guests, the most frequent line first. The others are met less often than all of these. */
const FREQUENT: readonly (Uint8Array | readonly number[])[] = [
  [0x00],
  [0xff, 0xcc],
  TEXT('0123456789af_'),
  TEXT('etcsrdpilonH '),
  [0x01, 0x0f, 0x48, 0x89, 0x8b, 0xc0, ...TEXT('bmuxkTDILgvyhA$')],
  [0x02, 0x04, 0x08, 0x10, 0x0a, 0x40, 0x80, 0xe8, ...TEXT('wSEjqMUW.=')],
];

const RANKS = new Uint8Array(256).fill(FREQUENT.length);
for (const [rank, bytes] of [...FREQUENT.entries()].reverse()) for (const byte of bytes) RANKS[byte] = rank;

/** Where in a pattern the byte is that is met least. */
export function rarestByte(wanted: Uint8Array): number {
  let rarest = 0;
  for (let at = 1; at < wanted.length; at++) if (rankOf(wanted, at) > rankOf(wanted, rarest)) rarest = at;
  return rarest;
}

function rankOf(wanted: Uint8Array, at: number): number {
  return RANKS[wanted[at] as number] as number;
}
