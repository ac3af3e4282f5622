import { expect, it } from 'vitest';
import { badReport, hostileReport, missingFile, sampleContext } from '../testing/sample-reports.js';
import { githubOutput } from './github.js';

it('annotates every finding and ends with the verdict', () => {
  expect(githubOutput(sampleContext).file(badReport)).toMatchInlineSnapshot(`
    "::error file=bad.mr,title=mr-lint sample-fault::The pages of block "pc.ram" begin at 0x100200, which is not a multiple of the page size.%0Aat 0x8a ram.blocks[0].pagesOffset%0Awanted: a multiple of 0x1000%0Agot: 0x100200%0AQEMU 11.1: refuses it: It says "Error reading ramblock pc.ram pages, region has bad alignment".%0Ahelp: Copy the file again from where it was saved.
    ::notice file=bad.mr,title=mr-lint sample-remark::23 bytes follow the end of the stream.%0Aat 0x4000 stream.end%0AQEMU 11.1: does not get this far; alone: It never reads them.%0Ahelp: None is needed.
    mr-lint: bad.mr: REFUSED (QEMU 11.1): 1 error, 1 note
    "
  `);
});

it('annotates a file that cannot be read', () => {
  expect(githubOutput(sampleContext).file(missingFile)).toBe(
    '::error file=missing.mr,title=mr-lint::no such file or directory\n',
  );
});

it('lets no name or content forge a command', () => {
  const lines = githubOutput(sampleContext).file(hostileReport).trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(
    /^::error file=a\\u001b\[2J\\u000d\\u000a%3A%3Astop-commands%3A%3Ax%2Cy%3A%25\.mr,title=mr-lint sample-fault::/,
  );
  expect(lines[1]).toMatch(/^mr-lint: /);
});
