import { allOrLast } from '@mapped-ram/fixtures';
import { findQemu, QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { describe, expect, test } from 'vitest';
import { vectorCandidates } from '../run/candidates.js';
import { failsTheRun } from '../run/known-failing.js';
import { runCandidates } from '../run/run-candidates.js';
import { testedVectors } from '../testing/tested-candidates.js';

describe.each(allOrLast(QEMU_VERSIONS))('QEMU %s', (version) => {
  const program = findQemu(version);
  const missing = program.kind === 'missing' ? ` (skipped: ${program.reason})` : '';

  test.skipIf(missing !== '')(`does with the vectors what is recorded${missing}`, async () => {
    const recorded = vectorCandidates().filter(({ expectation }) =>
      expectation.verdict(version, false, 'destination'),
    );
    expect(recorded.length).toBeGreaterThan(100);
    const results = await runCandidates(`qemu-${version}`, testedVectors(recorded));
    // Those of other architectures may be skipped, by name.
    expect(results.filter(({ status }) => failsTheRun(status))).toEqual([]);
  });
});
