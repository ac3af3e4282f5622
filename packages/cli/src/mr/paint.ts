import { colourPaint, type Paint, plainPaint, wantsColour } from '../shared/colour.js';
import type { Terminal } from '../shared/terminal.js';

/** How a command's text is to look. */
export interface TextStyle {
  readonly paint: Paint;
  /** Characters in a line. */
  readonly columns: number;
}

/** The painter for standard output. */
export function paintFor({ stdout, env }: Terminal): Paint {
  return wantsColour(stdout, env) ? colourPaint : plainPaint;
}
