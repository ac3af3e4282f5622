import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { FileResult } from '../file-result.js';
import {
  badReport,
  goodReport,
  hostileReport,
  missingFile,
  sampleContext,
} from '../testing/sample-reports.js';
import { jsonOutput } from './json.js';

const schema = JSON.parse(
  readFileSync(new URL('../../../schema/mr-lint.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);

function print(...results: FileResult[]): string {
  const output = jsonOutput(sampleContext);
  for (const result of results) expect(output.file(result)).toBe('');
  return output.end();
}

describe('json', () => {
  it('is one object that the schema describes', () => {
    const report = JSON.parse(print(goodReport, badReport, hostileReport, missingFile));
    expect(validate(report), JSON.stringify(validate.errors, null, 2)).toBe(true);
    expect(report).toEqual({
      version: 1,
      qemu: '11.1',
      multifd: false,
      deep: false,
      files: [goodReport, badReport, hostileReport, missingFile],
    });
  });

  it('is an object without files too', () => {
    expect(JSON.parse(print()).files).toEqual([]);
  });

  it('holds no character that a terminal would act on', () => {
    expect(print(hostileReport)).toMatch(/^[\n\u0020-\u007e]*$/);
  });

  it.each([
    ['another version', { version: 2 }],
    ['a verdict that is none', { files: [{ ...goodReport, verdict: 'fine' }] }],
    ['a file with error and verdict', { files: [{ ...goodReport, ...missingFile }] }],
    [
      'a finding without an offset',
      { files: [{ ...badReport, findings: [{ ...badReport.findings[0], byteOffset: undefined }] }] },
    ],
    [
      'an offset beyond 2^53',
      { files: [{ ...badReport, findings: [{ ...badReport.findings[0], byteOffset: 2 ** 53 }] }] },
    ],
  ])('has a schema that refuses %s', (_what, change) => {
    const report = { version: 1, qemu: '11.1', files: [], ...change };
    expect(validate(JSON.parse(JSON.stringify(report)))).toBe(false);
  });
});
