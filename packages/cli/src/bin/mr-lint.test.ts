import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCapture } from '@mapped-ram/fixtures';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MR_LINT_PATH } from '../testing/programs.js';

const schema = JSON.parse(readFileSync(new URL('../../schema/mr-lint.schema.json', import.meta.url), 'utf8'));

let folder: string;

/** Starts the built program in the folder of the files. */
function start(...argv: string[]): ChildProcess {
  return spawn(process.execPath, [MR_LINT_PATH, ...argv], {
    cwd: folder,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function collect(child: ChildProcess) {
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  const [status, signal] = await once(child, 'close');
  return { status, signal, out, err };
}

const run = (...argv: string[]) => collect(start(...argv));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mr-lint-test-'));
  const microvm = await loadCapture('qemu-10.0/microvm');
  await microvm.writeTo(join(folder, 'good.mr'));
  await microvm.clone().patch(0, Buffer.from('RIFF')).writeTo(join(folder, 'bad.mr'));
  await microvm.clone().insert(0, new Uint8Array(0x1000)).writeTo(join(folder, 'shifted.mr'));
  await (await loadCapture('qemu-11.1/none')).writeTo(join(folder, 'none.mr'));
  mkdirSync(join(folder, 'folder.mr'));
  execFileSync('mkfifo', [join(folder, 'pipe.mr')]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('exit status', () => {
  it('is 0 when no file has an error', async () => {
    const { status, out, err } = await run('good.mr', 'none.mr');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^good\.mr: restores \(QEMU 11\.1\): no errors/m);
    expect(out).toMatch(/^none\.mr: restores \(QEMU 11\.1\): no errors/m);
  });

  it('is 1 when a file has an error, and the others are checked all the same', async () => {
    const { status, out } = await run('bad.mr', 'good.mr');
    expect(status).toBe(1);
    expect(out).toMatch(/^bad\.mr: REFUSED \(QEMU 11\.1\): 1 error/m);
    expect(out).toMatch(/^good\.mr: restores/m);
  });

  it('is 2 when a file could not be used, whatever else was found', async () => {
    const { status, out, err } = await run('missing.mr', 'bad.mr', 'good.mr');
    expect(status).toBe(2);
    expect(err).toBe('mr-lint: missing.mr: no such file or directory\n');
    expect(out).toMatch(/^bad\.mr: REFUSED/m);
    expect(out).toMatch(/^good\.mr: restores/m);
  });

  it('is 2 for a directory and a pipe, and neither hangs', async () => {
    const { status, err } = await run('folder.mr', 'pipe.mr');
    expect(status).toBe(2);
    expect(err).toBe(
      'mr-lint: folder.mr: is a directory, not a regular file\nmr-lint: pipe.mr: is a pipe, not a regular file\n',
    );
  });

  it.skipIf(process.getuid?.() === 0)(
    'is 2 for a file that may not be read (as root everything may)',
    async () => {
      execFileSync('chmod', ['000', join(folder, 'none.mr')]);
      const { status, err } = await run('none.mr');
      execFileSync('chmod', ['600', join(folder, 'none.mr')]);
      expect({ status, err }).toEqual({ status: 2, err: 'mr-lint: none.mr: permission denied\n' });
    },
  );

  it('is 2 for a wrong option', async () => {
    expect(await run('--format', 'xml', 'good.mr')).toMatchObject({ status: 2, out: '' });
  });

  it('is the same whatever level --rule gives', async () => {
    const [{ findings }] = JSON.parse((await run('--format', 'json', 'bad.mr')).out).files;
    for (const level of ['note', 'off']) {
      const levels = findings.map(({ rule }: { rule: string }) => `--rule=${rule}=${level}`);
      const { status, out } = await run(...levels, 'bad.mr');
      expect(status).toBe(1);
      expect(out).toMatch(/bad\.mr: [A-Z]/);
    }
  });
});

describe('output', () => {
  it('as json is what the schema says, for good, bad and missing files, quick and deep', async () => {
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
    for (const options of [[], ['--deep'], ['--quiet'], ['--qemu', '10.0', '--multifd']]) {
      const { out } = await run('--format', 'json', ...options, 'good.mr', 'bad.mr', 'none.mr', 'missing.mr');
      const report = JSON.parse(out);
      expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
      expect(
        report.files.map(({ path, verdict }: { path: string; verdict?: string }) => [path, verdict]),
      ).toEqual([
        ['good.mr', 'restores'],
        ['bad.mr', 'refused'],
        ['none.mr', 'restores'],
        ['missing.mr', undefined],
      ]);
    }
  });

  it('as json repeats the target and describes the snapshot', async () => {
    const { out } = await run('--format', 'json', '--qemu', '10.0', 'good.mr');
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      qemu: '10.0',
      files: [{ snapshot: { streamOffset: 0, capabilities: ['mapped-ram'], pageSize: 4096 } }],
    });
  });

  it('of every other format ends well too', async () => {
    for (const format of ['sarif', 'github']) {
      const { status, out, err } = await run('--format', format, 'good.mr', 'bad.mr');
      expect({ status, err }).toEqual({ status: 1, err: '' });
      expect(out).toContain('bad.mr');
    }
  });

  it('has no colour in a pipe, and has it when forced', async () => {
    expect((await run('bad.mr')).out).not.toContain('\u001b');
    const forced = spawn(process.execPath, [MR_LINT_PATH, 'bad.mr'], {
      cwd: folder,
      env: { FORCE_COLOR: '1' },
    });
    expect((await collect(forced)).out).toContain('\u001b[');
  });

  it('with --quiet is empty when there is no error', async () => {
    expect(await run('--quiet', 'good.mr', 'none.mr')).toMatchObject({ status: 0, out: '', err: '' });
  });

  it('takes the offset of the stream in the syntax of QEMU', async () => {
    expect((await run('--format', 'json', '--offset', '4k', 'shifted.mr')).out).toContain(
      '"streamOffset": 4096',
    );
  });
});

describe('signals and pipes', () => {
  const many = Array.from({ length: 2000 }, () => 'good.mr');

  it('ends quietly when its reader has seen enough', async () => {
    const child = start(...many);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.stdout?.destroy();
    expect(await collect(child)).toMatchObject({ status: 0, signal: null, err: '' });
  });

  it('prints no half JSON when interrupted, and says so with its exit status', async () => {
    const child = start('--format', 'json', 'missing.mr', ...many);
    const [message] = await once(child.stderr as NodeJS.ReadableStream, 'data');
    expect(String(message)).toContain('missing.mr');
    child.kill('SIGINT');
    expect(await collect(child)).toMatchObject({ status: 130, signal: null, out: '' });
  });
});
