import { expect, it } from 'vitest';
import { helpTable } from './help-page.js';

it('a table has two columns, the right one wrapped', () => {
  const rows = [
    ['--offset N', 'Where the stream starts in the file, in bytes.'],
    ['--json', 'For programs.'],
  ] as const;
  expect(helpTable(rows, 46)).toEqual([
    '  --offset N  Where the stream starts in the',
    '              file, in bytes.',
    '  --json      For programs.',
  ]);
});

it('a table whose left column is too wide has one column below the other', () => {
  const rows = [['mr copy --channels 4 one.mr another.mr', 'with four threads']] as const;
  expect(helpTable(rows, 60)).toEqual([
    '  mr copy --channels 4 one.mr another.mr',
    '      with four threads',
  ]);
});
