import stringWidth from 'string-width';

/** The columns that a text takes in a terminal: two for a wide character, none for a mark over another or a colour's code. */
export function textWidth(text: string): number {
  return stringWidth(text);
}

/** The text with spaces behind it, so that it takes at least so many columns. */
export function padRight(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}

/** The text with spaces in front of it. */
export function padLeft(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - textWidth(text))) + text;
}

/** The start of the text that fits into so many columns. No character is cut in two. */
export function cutTo(text: string, columns: number): string {
  let end = 0;
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += textWidth(segment);
    if (width > columns) break;
    end += segment.length;
  }
  return text.slice(0, end);
}
