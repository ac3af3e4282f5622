/** A link of a document. */
export interface DocumentLink {
  /** As it stands in the document: a relative path, an address, or `#anchor`. */
  readonly target: string;
  /** Counted from 1. */
  readonly lineNumber: number;
}

/** A fenced block of code. */
export interface CodeBlock {
  /** The word behind the fence, such as `ts`; empty where there is none. */
  readonly language: string;
  readonly code: string;
  /** Line of the opening fence, counted from 1. */
  readonly lineNumber: number;
}

const FENCE = /^\s*(```+|~~~+)\s*(\S*)/;

/** The fenced blocks of a document, in their order. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  for (const { lines, fence, lineNumber } of parts(markdown)) {
    if (fence !== undefined) blocks.push({ language: fence, code: lines.join('\n'), lineNumber });
  }
  return blocks;
}

/** The inline links and images of a document, outside of code. */
export function documentLinks(markdown: string): DocumentLink[] {
  return proseLines(markdown).flatMap(([line, lineNumber]) => {
    const prose = line.replace(/`[^`]*`/g, '');
    const targets = [...prose.matchAll(/\]\(\s*(?:<([^>]*)>|([^)\s]+))[^)]*\)/g)];
    return targets.map(([, bracketed, plain]) => ({ target: bracketed ?? plain ?? '', lineNumber }));
  });
}

/** The anchors that GitHub gives to the headings of a document. */
export function headingAnchors(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [line] of proseLines(markdown)) {
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

/** Lines outside of fenced blocks, with their numbers. */
function proseLines(markdown: string): [line: string, lineNumber: number][] {
  return [...parts(markdown)].flatMap(({ lines, fence, lineNumber }) =>
    fence === undefined ? lines.map((line, index): [string, number] => [line, lineNumber + index]) : [],
  );
}

interface Part {
  readonly lines: string[];
  /** The language of a fenced block; undefined for prose. */
  readonly fence?: string;
  readonly lineNumber: number;
}

/** Prose and fenced blocks in turn. */
function* parts(markdown: string): Generator<Part> {
  let part: Part = { lines: [], lineNumber: 1 };
  let fence: string | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const [, marks = '', language = ''] = FENCE.exec(line) ?? [];
    if (fence === undefined && marks !== '') {
      yield part;
      fence = marks;
      part = { lines: [], fence: language, lineNumber: index + 1 };
    } else if (fence !== undefined && marks.startsWith(fence) && language === '') {
      yield part;
      fence = undefined;
      part = { lines: [], lineNumber: index + 2 };
    } else {
      part.lines.push(line);
    }
  }
  yield part;
}
