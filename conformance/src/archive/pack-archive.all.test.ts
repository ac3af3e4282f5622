import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scratchParent } from '@mapped-ram/fixtures';
import { hasProgram } from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listPackedVectors } from '../packing/packed-store.js';
import { makeNewTestee } from '../scaffold/new-testee.js';
import { listVectors } from '../vector/store.js';
import { listTasks } from '../writing/task-store.js';
import { packArchive } from './pack-archive.js';

const MAX_BYTES = 5 * 1000 * 1000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(scratchParent, 'archive-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const hasPython = hasProgram('python3') && hasProgram('tar');

it('is small, and the same every time', async () => {
  const [one, two] = [join(folder, 'one.tar.gz'), join(folder, 'two.tar.gz')];
  const { sizeBytes, vectors } = await packArchive(one);
  await packArchive(two);
  expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
  expect(vectors).toBe(listVectors().length);
  expect(sizeBytes).toBeLessThan(MAX_BYTES);
});

it.skipIf(!hasPython)(
  `gives every file with tar and python3 alone${hasPython ? '' : ' (missing tool: python3 or tar)'}`,
  async () => {
    const archive = join(folder, 'whole.tar.gz');
    await packArchive(archive);
    execFileSync('tar', ['-xzf', archive, '-C', folder]);
    const top = join(folder, 'mapped-ram-conformance');
    // It checks each file's hash itself.
    const said = execFileSync('python3', ['-B', join(top, 'build.py'), join(folder, 'out')], {
      encoding: 'utf8',
    });
    expect(said).toContain(
      `${listVectors().length} files, ${listPackedVectors().length} packed files and the memory of ${listTasks().length} writing tasks in`,
    );
    const run = (testee: string, pattern: string) =>
      spawnSync('python3', ['-B', join(top, 'run.py'), testee, pattern], { encoding: 'utf8' });
    const prose = fileURLToPath(new URL('../../testees/python-prose', import.meta.url));
    expect(run(prose, 'header/*')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+ passed, 0 failed\n$/),
    });
    expect(run(prose, 'packed/*').stdout).toMatch(/^\d+ passed, 0 failed\n$/);
    makeNewTestee(join(folder, 'mine'), 'python');
    const { status, stdout } = run(join(folder, 'mine'), 'pages/dense-copy');
    expect(status).toBe(1);
    expect(stdout).toContain('failed pages/dense-copy (read): wanted');
    expect(stdout).toMatch(/Clauses: [A-Z]+-\d+/);
  },
);
