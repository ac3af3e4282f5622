import { rules } from '@mapped-ram/lint';
import { expect, it } from 'vitest';
import { sarifErrors } from '../../testing/sarif-schema.js';
import {
  badReport,
  goodReport,
  hostileReport,
  missingFile,
  sampleContext,
} from '../testing/sample-reports.js';
import { sarifOutput } from './sarif.js';

function logOf(...results: Parameters<ReturnType<typeof sarifOutput>['file']>[0][]) {
  const output = sarifOutput(sampleContext, '1.2.3');
  for (const result of results) expect(output.file(result)).toBe('');
  const log = JSON.parse(output.end());
  expect(sarifErrors(log)).toEqual([]);
  return log;
}

it.each([[[]], [[goodReport]], [[badReport, goodReport]], [[missingFile]], [[hostileReport]]])(
  'is a log to the official schema of SARIF 2.1.0, whatever was found: %#',
  (results) => {
    expect(logOf(...results)).toMatchObject({ version: '2.1.0' });
  },
);

it('would not be one to that schema with anything out of place', () => {
  const log = logOf(badReport);
  log.runs[0].results[0].level = 'fatal';
  delete log.runs[0].tool;
  expect(sarifErrors(log)).toEqual([
    "/runs/0: must have required property 'tool'",
    '/runs/0/results/0/level: must be equal to one of the allowed values',
  ]);
});

it('is a SARIF 2.1.0 log with one run by mr-lint', () => {
  const log = logOf();
  expect(log.version).toBe('2.1.0');
  expect(log.runs).toHaveLength(1);
  expect(log.runs[0].tool.driver).toMatchObject({ name: 'mr-lint', semanticVersion: '1.2.3' });
  expect(log.runs[0].results).toEqual([]);
});

it('describes every rule as the standard asks', () => {
  const described = logOf().runs[0].tool.driver.rules;
  expect(described.map(({ id }: { id: string }) => id)).toEqual(rules.map(({ id }) => id));
  for (const rule of described) {
    expect(rule.shortDescription.text).not.toBe('');
    expect(rule.help.text).not.toBe('');
    expect(rule.help.markdown).toContain(`# ${rule.id}`);
    expect(['error', 'warning', 'note']).toContain(rule.defaultConfiguration.level);
  }
});

it('gives every result a level, a message and a byte region in its artifact', () => {
  const [run] = logOf(goodReport, badReport).runs;
  expect(run.artifacts).toEqual([
    { location: { uri: 'good.mr' }, properties: { verdict: 'restores' } },
    { location: { uri: 'bad.mr' }, properties: { verdict: 'refused' } },
  ]);
  expect(run.results).toHaveLength(2);
  expect(run.results[0]).toMatchObject({
    ruleId: 'sample-fault',
    level: 'error',
    message: {
      text: expect.stringMatching(/^The pages of .* Wanted: a multiple of 0x1000\. Got: 0x100200\.$/),
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'bad.mr', index: 1 },
          region: { startLine: 1, byteOffset: 0x8a, byteLength: 8 },
        },
        logicalLocations: [{ fullyQualifiedName: 'ram.blocks[0].pagesOffset' }],
      },
    ],
    partialFingerprints: { primaryLocationLineHash: expect.stringMatching(/^[0-9a-f]{16}:1$/) },
    properties: { verdict: 'refused', outcome: 'refused', reached: true },
  });
  expect(run.results[1].level).toBe('note');
});

it('reports a file that cannot be read as a notification', () => {
  const [{ invocations, results }] = logOf(missingFile).runs;
  expect(results).toEqual([]);
  expect(invocations).toMatchObject([
    {
      executionSuccessful: false,
      toolExecutionNotifications: [{ level: 'error', descriptor: { id: 'read-failed' } }],
    },
  ]);
  expect(logOf(goodReport).runs[0].invocations[0].executionSuccessful).toBe(true);
});

it('writes paths as URI references', () => {
  const uriOf = (path: string) => logOf({ ...goodReport, path }).runs[0].artifacts[0].location.uri;
  expect(uriOf('a dir/b:c%.mr')).toBe('a%20dir/b%3Ac%25.mr');
  expect(uriOf('/tmp/ü.mr')).toBe('file:///tmp/%C3%BC.mr');
  expect(uriOf(hostileReport.path)).toMatch(/^[\u0021-\u007e]+$/);
});
