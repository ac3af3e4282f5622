import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MR_LINT_PATH, MR_PATH } from '../testing/programs.js';

/** In KiB, as ulimit -v takes it: enough for Node, and not for the 10 GiB that V8 sets apart for one memory of WebAssembly, at least in Node 20. */
const ADDRESSES_KIB = 8_000_000;

let folder: string;
let snapshot: string;
beforeAll(async () => {
  folder = mkdtempSync(join(scratchParent, 'few-addresses-'));
  snapshot = join(folder, 'q35.mr');
  await (await loadCapture('qemu-10.0/q35')).writeTo(snapshot);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program as where a service may have few addresses. */
function run(program: string, ...argv: string[]) {
  const command = ['-c', `ulimit -v ${ADDRESSES_KIB} && exec "$0" "$@"`, process.execPath, program, ...argv];
  const { status, stdout, stderr } = spawnSync('sh', command, { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}

it.each([[[]], [['--deep']], [['--deep', '--channels', '2']], [['--deep', '--direct-io']]])(
  'mr-lint %j tells the same',
  (options) => {
    const report = run(MR_LINT_PATH, ...options, '--format', 'json', snapshot);
    const usual = spawnSync(process.execPath, [MR_LINT_PATH, ...options, '--format', 'json', snapshot], {
      encoding: 'utf8',
    });
    expect(report).toEqual({ status: 0, stdout: usual.stdout, stderr: '' });
  },
);

it.each([[['copy']], [['scrub', '--channels', '2']], [['scrub', '--direct-io']]])(
  'mr %j makes the same',
  (command) => {
    const files = (output: string) => [...command, snapshot, join(folder, output)];
    expect(run(MR_PATH, ...files('few.mr'), '--force')).toMatchObject({ status: 0 });
    spawnSync(process.execPath, [MR_PATH, ...files('usual.mr'), '--force']);
    expect(readFileSync(join(folder, 'few.mr')).equals(readFileSync(join(folder, 'usual.mr')))).toBe(true);
  },
);

/** Later ones have memory for WebAssembly that takes fewer, and end by themselves where there are too few for the rest. */
const needsAll = Number(process.versions.node.split('.')[0]) < 22;

it.skipIf(!needsAll)('mr pack says what there is too little of, with Node 20', () => {
  expect(run(MR_PATH, 'pack', snapshot, 'packed.zst')).toEqual({
    ...{ status: 2, stdout: '' },
    stderr: expect.stringMatching(/^mr pack: \S*q35\.mr: WebAssembly, .* no room .*ulimit -v/),
  });
});
