import { hasPythonRuntime } from '@mapped-ram/tool-generate';
import { hasProgram } from '@mapped-ram/tool-qemu';
import { expect, test } from 'vitest';
import { failsTheRun } from '../run/known-failing.js';
import { runCandidates } from '../run/run-candidates.js';
import { testedCaptureCandidates, testedVectors } from '../testing/tested-candidates.js';

const hasPython = hasProgram('python3');
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
    `${name} passes the vectors and the good captures${missing && ` (${missing})`}`,
    async () => {
      const candidates = [...testedVectors(), ...testedCaptureCandidates()];
      const results = await runCandidates(name, candidates);
      expect(results.filter(({ status }) => failsTheRun(status))).toEqual([]);
      expect(results.filter(({ status }) => status === 'passed').length).toBeGreaterThan(
        candidates.length / 2,
      );
    },
  );
}
