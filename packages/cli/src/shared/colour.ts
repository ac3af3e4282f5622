import { styleText } from 'node:util';

/** What the output marks; how that looks is said here once. */
const formats = {
  heading: ['bold'],
  good: ['green'],
  bad: ['red', 'bold'],
  warning: ['yellow'],
  note: ['cyan'],
  label: ['dim'],
} as const;

export type Mark = keyof typeof formats;

/** Marks a text for the terminal, or returns it as it is. */
export type Paint = (mark: Mark, text: string) => string;

/** The painter that leaves every text alone. */
export const plainPaint: Paint = (_mark, text) => text;

/** The painter that uses the terminal's colours. */
export const colourPaint: Paint = (mark, text) =>
  // The stream was looked at already; newer Node versions would look at it again.
  styleText([...formats[mark]], text, { validateStream: false });

/**
 * Whether to colour what goes to `stream`: on a terminal only, unless the environment says otherwise: NO_COLOR (not
 * empty) never, FORCE_COLOR (neither 0 nor empty) always, and it wins, as in Node itself.
 */
export function wantsColour(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return stream.isTTY === true && env.TERM !== 'dumb';
}
