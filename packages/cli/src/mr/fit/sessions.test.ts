import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allOrFew, loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { findQemu } from '@mapped-ram/tool-qemu';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shellWord } from '../../shared/shell-words.js';
import { commandsOf, installCommands, playSession, sessionOf } from '../../testing/play-session.js';
import { runMr } from '../../testing/run-mr.js';

const qemu = findQemu('10.0');
const missing = qemu.kind === 'missing' ? ` (missing tool: ${qemu.reason})` : '';

/** The distributor's words are no part of a page. */
const withoutDistributor = (text: string): string =>
  text.replace(/(in QEMU 10\.0)\.\d+( \([^)]*\))?,/g, '$1.13,');

describe.skipIf(qemu.kind === 'missing')(`with QEMU 10.0${missing}`, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(scratchParent, 'mr-fit-session-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(allOrFew(['fit', 'command'], ['command']))(
    'the session of mr %s goes as its page says',
    async (name) => {
      await (await loadCapture('qemu-10.0/pc')).writeTo(join(folder, 'guest.mr'));
      const binFolder = installCommands(folder);
      installQemu(binFolder);
      const session = sessionOf(name);
      const commands = commandsOf(session);
      expect(commands.length).toBeGreaterThan(2);
      expect(withoutDistributor(playSession(commands, folder, binFolder))).toBe(session);
    },
  );
});

describe.skipIf(qemu.kind === 'missing')(`a packed file, with QEMU 10.0${missing}`, () => {
  it('is read where it lies, and is nothing for QEMU itself', async () => {
    const folder = mkdtempSync(join(scratchParent, 'mr-fit-packed-'));
    try {
      const at = (name: string) => join(folder, name);
      await (await loadCapture('qemu-10.0/pc')).writeTo(at('guest.mr'));
      expect((await runMr('pack', at('guest.mr'), at('guest.mrz'))).status).toBe(0);
      installQemu(folder);
      const machine = [at('qemu-system-x86_64'), '-nodefaults', '-machine', 'pc-i440fx-10.0', '-m', '16M'];
      const asked = await runMr('fit', '--describe', at('host.json'), at('guest.mrz'), '--', ...machine);
      expect(asked.out).toMatch(/pc-i440fx-10\.0: restores\n/);
      expect((await runMr('fit', '--to', at('host.json'), at('guest.mrz'))).out).toBe(asked.out);
      const tried = await runMr('fit', '--try', at('guest.mrz'), '--', ...machine);
      expect(tried).toMatchObject({ status: 2, err: expect.stringContaining('mr unpack') });
      expect((await runMr('command', at('guest.mrz'))).out).toContain('-machine pc-i440fx-10.0');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(qemu.kind === 'missing')(`a QEMU that does not start, QEMU 10.0${missing}`, () => {
  it.each([
    ['is not there', 'no-such-qemu', [], /^mr fit: QEMU did not start: spawn \S+no-such-qemu ENOENT\n$/],
    [
      'says why',
      'qemu-system-x86_64',
      ['-machine', 'nonsense'],
      /^mr fit: QEMU did not start: .*"nonsense"; Use /,
    ],
  ])('is told of, and not the file: it %s', async (_, program, args, words) => {
    const folder = mkdtempSync(join(scratchParent, 'mr-fit-start-'));
    try {
      const file = join(folder, 'guest.mr');
      await (await loadCapture('qemu-10.0/pc')).writeTo(file);
      installQemu(folder);
      const { status, err } = await runMr('fit', file, '--', join(folder, program), ...args);
      expect(status).toBe(2);
      expect(err).toMatch(words);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Puts the QEMU of the tests onto PATH, under its usual name. */
function installQemu(binFolder: string): void {
  if (qemu.kind === 'missing') return;
  const words = [qemu.file, ...qemu.args].map(shellWord).join(' ');
  const settings = Object.entries(qemu.env).map(([name, value]) => `export ${name}=${shellWord(value)}\n`);
  const path = join(binFolder, 'qemu-system-x86_64');
  writeFileSync(path, `#!/bin/sh\n${settings.join('')}exec ${words} "$@"\n`);
  chmodSync(path, 0o755);
}
