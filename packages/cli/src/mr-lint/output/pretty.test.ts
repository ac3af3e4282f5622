import { describe, expect, it } from 'vitest';
import { colourPaint, plainPaint } from '../../shared/colour.js';
import type { FileResult } from '../file-result.js';
import {
  badReport,
  goodReport,
  hostileReport,
  missingFile,
  sampleContext,
  sampleNote,
} from '../testing/sample-reports.js';
import { prettyOutput } from './pretty.js';

const style = { paint: plainPaint, columns: 80 };

function print(results: readonly FileResult[], context = sampleContext, columns = 80): string {
  const output = prettyOutput(context, { ...style, columns });
  return results.map((result) => output.file(result)).join('') + output.end();
}

describe('pretty', () => {
  it('is short about a good file', () => {
    expect(print([goodReport])).toMatchInlineSnapshot(`
      "good.mr: pc-q35-10.0, 1 block, 128 MiB of RAM, 4,321 of 32,768 pages set
      good.mr: restores (QEMU 11.1): no errors
      "
    `);
  });

  it('tells all about a finding', () => {
    expect(print([badReport])).toMatchInlineSnapshot(`
      "bad.mr: pc-q35-10.0, 1 block, 128 MiB of RAM, 4,321 of 32,768 pages set

        error sample-fault
          The pages of block "pc.ram" begin at 0x100200, which is not a multiple of
          the page size.
          where:     0x8a (8 bytes) ram.blocks[0].pagesOffset
          wanted:    a multiple of 0x1000
          got:       0x100200
          QEMU 11.1: refuses it: It says "Error reading ramblock pc.ram pages, region
                     has bad alignment".
          help:      Copy the file again from where it was saved.

        note sample-remark
          23 bytes follow the end of the stream. (at 0x4000, stream.end)
          QEMU 11.1: does not get this far; alone: It never reads them. help: None is
          needed.

      bad.mr: REFUSED (QEMU 11.1): 1 error, 1 note
      "
    `);
  });

  it('separates files and sums up', () => {
    expect(print([goodReport, missingFile, goodReport])).toMatchInlineSnapshot(`
      "good.mr: pc-q35-10.0, 1 block, 128 MiB of RAM, 4,321 of 32,768 pages set
      good.mr: restores (QEMU 11.1): no errors

      good.mr: pc-q35-10.0, 1 block, 128 MiB of RAM, 4,321 of 32,768 pages set
      good.mr: restores (QEMU 11.1): no errors

      3 files: 2 restore, 1 could not be read
      "
    `);
  });

  it('with --quiet shows files with an error only', () => {
    const quiet = { ...sampleContext, quiet: true, multifd: true };
    expect(
      print([goodReport, { ...badReport, findings: badReport.findings.slice(0, 1) }], quiet),
    ).toMatchInlineSnapshot(`
      "bad.mr: pc-q35-10.0, 1 block, 128 MiB of RAM, 4,321 of 32,768 pages set

        error sample-fault
          The pages of block "pc.ram" begin at 0x100200, which is not a multiple of
          the page size.
          where:     0x8a (8 bytes) ram.blocks[0].pagesOffset
          wanted:    a multiple of 0x1000
          got:       0x100200
          QEMU 11.1: refuses it: It says "Error reading ramblock pc.ram pages, region
                     has bad alignment".
          help:      Copy the file again from where it was saved.

      bad.mr: REFUSED (QEMU 11.1 with multifd): 1 error
      "
    `);
  });

  it('shows a rule that fires often a few times only', () => {
    const report = { ...goodReport, findings: Array.from({ length: 1005 }, () => sampleNote) };
    const text = print([report]);
    expect(text.split('note sample-remark')).toHaveLength(6);
    expect(text).toContain('... and 1,000 more of sample-remark');
    expect(text).toContain('no errors, 1,005 notes');
  });

  it('says where a stream was found, or that none was', () => {
    const { snapshot } = goodReport;
    if (snapshot === null) throw new Error('the sample has a snapshot');
    const [block] = snapshot.blocks;
    if (block === undefined) throw new Error('the sample has a block');
    const damaged = {
      ...snapshot,
      machine: null,
      streamOffset: 0x1000,
      blocks: [{ ...block, setPages: null }],
    };
    expect(print([{ ...goodReport, snapshot: damaged }]).split('\n')[0]).toBe(
      'good.mr: machine not named, 1 block, 128 MiB of RAM, 0 of 32,768 pages set (not',
    );
    expect(print([{ ...goodReport, snapshot: damaged }])).toContain('stream at 0x1000');
    expect(print([hostileReport])).toContain('no migration stream found');
  });

  it('keeps to the width', () => {
    const widest = (columns: number) =>
      Math.max(
        ...print([badReport], sampleContext, columns)
          .split('\n')
          .map((line) => line.length),
      );
    expect(widest(60)).toBeLessThanOrEqual(60);
    expect(widest(120)).toBeGreaterThan(80);
  });

  it('lets nothing through to the terminal but text and line ends', () => {
    expect(print([hostileReport])).toMatch(/^[\n\u0020-\u007e]*$/);
  });

  it('paints when it may', () => {
    const output = prettyOutput(sampleContext, { paint: colourPaint, columns: 80 });
    expect(output.file(badReport)).toContain('\u001b[31m\u001b[1mREFUSED\u001b[22m\u001b[39m');
  });
});
