import { textWidth } from './text-width.js';

/**
 * Breaks a text at spaces into lines of at most `columns` columns. The first line gets `first` in front, the
 * others `rest`; both count. A longer word stays whole, so that offsets and paths can be copied.
 */
export function wrap(text: string, columns: number, first = '', rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  let width = textWidth(first);
  let isEmpty = true;
  for (const word of text.split(/\s+/)) {
    const wordWidth = textWidth(word);
    if (!isEmpty && width + 1 + wordWidth > columns) {
      lines.push(line);
      line = rest;
      width = textWidth(rest);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    width += isEmpty ? wordWidth : 1 + wordWidth;
    isEmpty = false;
  }
  lines.push(line.trimEnd());
  return lines;
}
