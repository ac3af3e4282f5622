import { join } from 'node:path';
import { loadCapture } from '@mapped-ram/fixtures';
import { expect, it } from 'vitest';
import { readmeExamples, runExample } from './readme-examples.js';

const examples = readmeExamples();

/** The snapshot that every example may open. */
const SNAPSHOT = 'qemu-10.0/q35';

it('there are examples', () => {
  expect(examples.map(({ packageFolder }) => packageFolder)).toContain('packages/reader');
});

it.each(examples)(
  '$place runs',
  async (example) => {
    const snapshot = await loadCapture(SNAPSHOT);
    const printed = await runExample(example, (folder) => snapshot.writeTo(join(folder, 'snapshot.mr')));
    expect(printed).not.toBe('');
  },
  60_000,
);

it('an example that fails says why', async () => {
  const failing = { place: 'nowhere', packageFolder: 'tools/docs', code: 'throw new Error("out of order");' };
  await expect(runExample(failing, async () => {})).rejects.toThrow('out of order');
});
