import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ProcessOutput } from './process-output.js';

let folder: string;
let descriptor: number | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mapped-ram-output-'));
});
afterEach(() => {
  if (descriptor !== undefined) closeSync(descriptor);
  descriptor = undefined;
  rmSync(folder, { recursive: true });
});

function outputTo(opened: number) {
  descriptor = opened;
  const stream = new PassThrough();
  const nodeStream = vi.fn(() => stream as unknown as NodeJS.WriteStream);
  const onError = vi.fn();
  return { output: new ProcessOutput(opened, nodeStream, onError), stream, nodeStream, onError };
}

it("writes to a file, and needs no stream of Node's for it", () => {
  const path = join(folder, 'file');
  const { output, nodeStream } = outputTo(openSync(path, 'w'));
  output.write('one\n');
  output.write('zw\u00f6lf\n');
  expect(readFileSync(path, 'utf8')).toBe('one\nzw\u00f6lf\n');
  expect(nodeStream).not.toHaveBeenCalled();
  expect(output).toMatchObject({ isTTY: false, columns: 0, errored: null });
});

// As pnpm lays out what is installed: Node's child processes have sockets for pipes.
it('leaves modules behind symbolic links where they are, when it writes to a pipe', () => {
  mkdirSync(join(folder, 'there'));
  writeFileSync(join(folder, 'there/module.cjs'), 'module.exports = __filename;');
  symlinkSync('there', join(folder, 'link'));
  const output = new URL('../../dist/shared/process-output.js', import.meta.url);
  const program = `
    import { createRequire } from 'node:module';
    import { ProcessOutput } from ${JSON.stringify(output.href)};
    const require = createRequire(${JSON.stringify(join(folder, 'program.cjs'))});
    require('./there/module.cjs');
    const output = new ProcessOutput(1, () => process.stdout, () => {});
    output.write(require('./link/module.cjs'));`;
  const written = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect(written).toBe(realpathSync(join(folder, 'there/module.cjs')));
});

it('writes to the null device as it does to a file', () => {
  const { output, nodeStream } = outputTo(openSync('/dev/null', 'w'));
  output.write('one\n');
  expect(nodeStream).not.toHaveBeenCalled();
});

it("leaves other devices, of which a terminal is one, to Node's stream", () => {
  const { output, nodeStream, stream } = outputTo(openSync('/dev/full', 'w'));
  expect(nodeStream).toHaveBeenCalledOnce();
  Object.assign(stream, { isTTY: true, columns: 77 });
  output.write('one\n');
  expect(stream.read().toString()).toBe('one\n');
  expect(output).toMatchObject({ isTTY: true, columns: 77 });
});

it('leaves it to Node what a pipe does not take at once', () => {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const { output, stream } = outputTo(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
  const text = 'a line of text\n'.repeat(20_000);
  output.write(text);
  output.write('the last\n');
  const inPipe = Buffer.alloc(text.length);
  const taken = readSync(descriptor as number, inPipe);
  expect(taken).toBeGreaterThan(0);
  expect(inPipe.toString('utf8', 0, taken) + stream.read()).toBe(`${text}the last\n`);
});

it('says once that nothing more can be written', () => {
  const path = join(folder, 'file');
  writeFileSync(path, '');
  const { output, onError } = outputTo(openSync(path, 'r'));
  output.write('one\n');
  output.write('two\n');
  expect(onError).toHaveBeenCalledOnce();
  expect(output.errored).toMatchObject({ code: 'EBADF' });
});

it("says so of Node's stream too", () => {
  const { output, onError, stream } = outputTo(openSync('/dev/full', 'w'));
  const error = new Error('no room');
  stream.emit('error', error);
  expect(onError).toHaveBeenCalledExactlyOnceWith(error);
  expect(output.errored).toBe(error);
});
