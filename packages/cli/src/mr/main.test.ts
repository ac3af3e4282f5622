import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryTerminal } from '../testing/memory-terminal.js';
import { main } from './main.js';
import { commands } from './registry.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(scratchParent, 'mr-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

async function capture(id: string, name: string): Promise<string> {
  await (await loadCapture(id)).writeTo(at(name));
  return at(name);
}

async function run(...argv: string[]) {
  const terminal = memoryTerminal();
  const status = await main(argv, terminal, new AbortController().signal);
  return { status, out: terminal.out, err: terminal.err };
}

describe('mr', () => {
  it('lists every command', async () => {
    const { status, out, err } = await run('--help');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    for (const { name, summary } of commands)
      expect(out.replace(/\s+/g, ' ')).toContain(`${name} ${summary}`);
  });

  it('prints its version', async () => {
    expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('says what is wrong with a command that it does not have', async () => {
    expect(await run('cpoy')).toEqual({
      status: 2,
      out: '',
      err: "mr: there is no command cpoy; did you mean copy?\nusage: mr COMMAND [options] ...\nTry 'mr --help' for the commands.\n",
    });
    expect((await run()).err).toMatch(/^mr: no command given\n/);
  });

  it('ends quietly when it was interrupted', async () => {
    const terminal = memoryTerminal();
    const input = await capture('qemu-10.0/none', 'in.mr');
    const status = await main(['copy', input, at('out.mr')], terminal, AbortSignal.abort());
    expect({ status, out: terminal.out, err: terminal.err }).toEqual({ status: 130, out: '', err: '' });
    expect(readdirSync(folder)).toEqual(['in.mr']);
  });
});

describe.each(commands.map(({ name }) => name))('mr %s', (name) => {
  it('has a page that shows all of its options', async () => {
    const page = readFileSync(new URL(`../../docs/mr-${name}.md`, import.meta.url), 'utf8');
    const command = await commands.find((entry) => entry.name === name)?.load();
    const names = command?.optionGroups.flatMap(({ options }) => options.map((option) => `--${option.name}`));
    expect(names?.filter((option) => !page.includes(option))).toEqual([]);
  });

  it('has help that shows all of its options, its exit status and examples', async () => {
    const { status, out, err } = await run(name, '--help');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(new RegExp(`^usage: mr ${name} `));
    const command = await commands.find((entry) => entry.name === name)?.load();
    for (const { options } of command?.optionGroups ?? []) {
      for (const option of options) expect(out).toContain(`--${option.name}`);
    }
    expect(out).toContain('Exit status:\n  0  ');
    expect(out).toContain(`\nExamples:\n  mr ${name} `);
  });

  it('refuses wrong options and missing files in one line and with its usage', async () => {
    for (const argv of [['--qiuet'], [], ['--format']]) {
      const { status, out, err } = await run(name, ...argv);
      expect({ status, out }).toEqual({ status: 2, out: '' });
      expect(err).toMatch(
        new RegExp(`^mr ${name}: .+\nusage: mr ${name} .*\nTry 'mr ${name} --help' for the options.\n$`),
      );
    }
  });
});

const MAKERS = [
  ['copy', 'qemu-10.0/pc', []],
  ['scrub', 'qemu-10.0/live', []],
  ['relocate', 'libvirt-11.3/save-sparse', ['--offset', '4k']],
  ['convert', 'libvirt-11.3/save-raw', ['--to', 'mapped-ram']],
  ['repair', 'qemu-10.0/background-snapshot', []],
] as const;

describe.each(MAKERS)('mr %s', (name, id, options) => {
  it('makes a file, says so, and reports as JSON', async () => {
    const input = await capture(id, 'in.mr');
    const { status, out, err } = await run(name, ...options, input, at('out.mr'));
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out.startsWith(`${at('out.mr')}: `)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['in.mr', 'out.mr']);
    const again = await run(name, ...options, '--force', '--format', 'json', input, at('out.mr'));
    expect(JSON.parse(again.out)).toMatchObject({
      version: 1,
      command: `mr ${name}`,
      input,
      output: at('out.mr'),
    });
  });

  it('replaces nothing without --force', async () => {
    const input = await capture(id, 'in.mr');
    writeFileSync(at('out.mr'), 'precious');
    const { status, out, err } = await run(name, ...options, input, at('out.mr'));
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toBe(`mr ${name}: ${at('out.mr')}: exists already; --force replaces it\n`);
    expect(readFileSync(at('out.mr'), 'utf8')).toBe('precious');
    expect((await run(name, ...options, '-f', input, at('out.mr'))).status).toBe(0);
    expect(readFileSync(at('out.mr')).length).toBeGreaterThan(1000);
  });

  it('tells a file that cannot be used from one whose contents do not allow it', async () => {
    writeFileSync(at('garbage'), 'RIFFRIFFRIFFRIFF');
    const cases = [
      ['missing', 2, 'no such file or directory', 'read-failed'],
      ['.', 2, 'is a directory, not a regular file', 'read-failed'],
      ['garbage', 1, 'this is not a QEMU migration stream', 'not-a-migration-stream'],
    ] as const;
    for (const [file, expected, message, code] of cases) {
      const { status, err, out } = await run(name, ...options, '--format=json', at(file), at('out.mr'));
      expect(status).toBe(expected);
      expect(err).toContain(`mr ${name}: ${at(file)}: ${message}`);
      expect(JSON.parse(out)).toMatchObject({ error: { code, message: expect.stringContaining(message) } });
    }
    expect(readdirSync(folder)).toEqual(['garbage']);
  });

  it('says where OUT cannot be made', async () => {
    const input = await capture(id, 'in.mr');
    const { status, err } = await run(name, ...options, input, at('no/out.mr'));
    expect({ status, err }).toEqual({
      status: 2,
      err: `mr ${name}: ${at('no/out.mr')}: no such file or directory\n`,
    });
  });
});

describe('mr scrub', () => {
  it('of one file changes it in place, or says why it cannot', async () => {
    const path = await capture('qemu-10.0/live', 'in.mr');
    const { status, out, err } = await run('scrub', path);
    if (status === 0) expect(out).toMatch(/of disk came back/);
    else expect(err).toMatch(/holes cannot be made/);
    expect(readdirSync(folder)).toEqual(['in.mr']);
  });
});

describe('what is missing', () => {
  it('is named by mr convert and mr relocate', async () => {
    expect((await run('relocate', 'a', 'b')).err).toContain('--offset is needed');
    expect((await run('relocate', '--offset', '-1', 'a', 'b')).err).toContain('not a size');
    expect((await run('convert', '--to', 'qcow2', 'a', 'b')).err).toContain('choose mapped-ram, stream');
  });
});

it('what a file holds never acts on a terminal', async () => {
  const image = await loadCapture('qemu-10.0/none');
  const name = '\u001b[2Jx.mr';
  await image.writeTo(at(name));
  const { err, out } = await run('copy', at(name), at(`${name}.copy`));
  expect(err + out).not.toContain('\u001b');
});
