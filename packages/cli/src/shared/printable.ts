import { isPlain } from './plain-text.js';

// C0 and C1 controls, DEL, line and paragraph separators, and the marks that change the direction of text: none of
// them may come from a file's contents to a terminal. Lone surrogates are not characters at all.
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]/gu;

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The text with every character that a terminal would act on, or not show, as a JSON escape. */
export function printable(text: string): string {
  return isPlain(text) ? text : text.replace(UNPRINTABLE, escapeCharacter);
}

/** The value as JSON, indented by two, in which every unprintable character is escaped. Ends with a newline. */
export function printableJson(value: unknown): string {
  // JSON.stringify leaves some of them as they are; outside strings there is none but its own newlines.
  return `${JSON.stringify(value, null, 2).split('\n').map(printable).join('\n')}\n`;
}

/** The value as JSON in one line, in which every unprintable character is escaped. Ends with a newline. */
export function printableJsonLine(value: unknown): string {
  return `${printable(JSON.stringify(value))}\n`;
}
