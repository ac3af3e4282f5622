import measure from 'fast-string-truncated-width';
import { isPlain } from './plain-text.js';

/** The columns that a text takes in a terminal: two for a wide character, none for a mark over another or a colour's code. */
export function textWidth(text: string): number {
  return isPlain(text) ? text.length : measure(text).width;
}

/** The text with spaces behind it, so that it takes at least so many columns. */
export function padRight(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}

/** The text with spaces in front of it. */
export function padLeft(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - textWidth(text))) + text;
}

/** The start of the text that fits into so many columns. */
export function cutTo(text: string, columns: number): string {
  return text.slice(0, isPlain(text) ? Math.max(0, columns) : measure(text, { limit: columns }).index);
}
