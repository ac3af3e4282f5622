/** Width of a glyph, in pixels. */
export const GLYPH_WIDTH = 5;
const GLYPH_HEIGHT = 7;

/**
 * What the names of blocks and figures need of ASCII: seven rows from the top, each a digit of base 32 whose five bits are
 * the row's pixels, the leftmost one the highest.
 */
const GLYPHS: Readonly<Record<string, string>> = {
  ...{ '0': 'ehjlphe', '1': '4c4444e', '2': 'eh1248v', '3': 'v2421he', '4': '26aiv22' },
  ...{ '5': 'vgu11he', '6': '68guhhe', '7': 'v124888', '8': 'ehhehhe', '9': 'ehhf12c' },
  ...{ A: 'ehhvhhh', B: 'uhhuhhu', C: 'ehggghe', D: 'sihhhis', E: 'vgguggv', F: 'vgguggg' },
  ...{ G: 'ehgnhhf', H: 'hhhvhhh', I: 'e44444e', J: '72222ic', K: 'hikokih', L: 'ggggggv' },
  ...{ M: 'hrllhhh', N: 'hhpljhh', O: 'ehhhhhe', P: 'uhhuggg', Q: 'ehhhlid', R: 'uhhukih' },
  ...{ S: 'fgge11u', T: 'v444444', U: 'hhhhhhe', V: 'hhhhha4', W: 'hhhllla', X: 'hha4ahh' },
  ...{ Y: 'hhha444', Z: 'v1248gv' },
  ...{ a: '00e1fhf', b: 'ggmphhu', c: '00egghe', d: '11djhhf', e: '00ehvge', f: '698s888' },
  ...{ g: '0fhhf1e', h: 'ggmphhh', i: '40c444e', j: '20622ic', k: 'ggikoki', l: 'c44444e' },
  ...{ m: '00qllhh', n: '00mphhh', o: '00ehhhe', p: '00uhugg', q: '00djf11', r: '00mpggg' },
  ...{ s: '00ege1u', t: '88s8896', u: '00hhhjd', v: '00hhha4', w: '00hhlla', x: '00ha4ah' },
  ...{ y: '00hhf1e', z: '00v248v' },
  ...{ ' ': '0000000', '.': '00000cc', ',': '0000c48', ':': '0cc0cc0', '/': '01248g0', '-': '000v000' },
  ...{ _: '000000v', '%': 'op248j3', '@': 'eh1dlle', '(': '2488842', ')': '8422248', '#': 'aavavaa' },
  ...{ '+': '044v440', '=': '00v0v00', '?': 'eh12404', '[': 'e88888e', ']': 'e22222e' },
};

/** A box, for every character that has no glyph. */
const MISSING = 'vhhhhhv';

/** Calls back for every pixel of a character that is set, from the top left corner. */
export function drawGlyph(character: string, setPixel: (x: number, y: number) => void): void {
  const rows = GLYPHS[character] ?? MISSING;
  for (let y = 0; y < GLYPH_HEIGHT; y++) {
    const bits = Number.parseInt(rows.charAt(y), 32);
    for (let x = 0; x < GLYPH_WIDTH; x++) {
      if ((bits & (1 << (GLYPH_WIDTH - 1 - x))) !== 0) setPixel(x, y);
    }
  }
}
