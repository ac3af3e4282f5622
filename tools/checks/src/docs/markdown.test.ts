import { expect, it } from 'vitest';
import { codeBlocks, documentLinks, headingAnchors } from './markdown.js';

const document = `# The \`first\`, heading!

See [here](a/b.md#c "title") and ![it](<x y.png>), not \`[this](no.md)\`.

\`\`\`ts
// [nor](this.md)
# no heading
\`\`\`

## The first heading
- [last](#end)

~~~~
plain
~~~
~~~~
`;

it('finds fenced blocks with language and line', () => {
  expect(codeBlocks(document)).toEqual([
    { language: 'ts', code: '// [nor](this.md)\n# no heading', lineNumber: 5 },
    { language: '', code: 'plain\n~~~', lineNumber: 13 },
  ]);
});

it('finds links outside of code', () => {
  expect(documentLinks(document)).toEqual([
    { target: 'a/b.md#c', lineNumber: 3 },
    { target: 'x y.png', lineNumber: 3 },
    { target: '#end', lineNumber: 11 },
  ]);
});

it('names headings as GitHub does', () => {
  expect([...headingAnchors(document)]).toEqual(['the-first-heading', 'the-first-heading-1']);
});
