import { hasPythonRuntime } from '@mapped-ram/tool-generate';
import { expect, test } from 'vitest';
import { captureCandidates, vectorCandidates } from '../run/candidates.js';
import { failsTheRun } from '../run/known-failing.js';
import { runCandidates } from '../run/run-candidates.js';
import { canRun } from '../testing/can-run.js';

const hasPython = canRun('python3');
const hasKaitai = hasPython && hasPythonRuntime('kaitaistruct');

/** Readers with no line of ours but the specification's: the grammar, or the prose. */
const READERS = [
  { name: 'kaitai-javascript', missing: '' },
  { name: 'python-prose', missing: hasPython ? '' : 'missing tool: python3' },
  {
    name: 'kaitai-python',
    missing: hasKaitai ? '' : 'missing tool: kaitaistruct for python3; npm run tools fetches it',
  },
];

for (const { name, missing } of READERS) {
  test.skipIf(missing !== '')(
    `${name} passes every vector and every good capture${missing && ` (${missing})`}`,
    async () => {
      const results = await runCandidates(name, [...vectorCandidates(), ...captureCandidates()]);
      expect(results.filter(({ status }) => failsTheRun(status))).toEqual([]);
      expect(results.filter(({ status }) => status === 'passed').length).toBeGreaterThan(200);
    },
  );
}
