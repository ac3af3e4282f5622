import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCapture } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scratchParent } from '../testing/scratch-parent.js';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const bin = fileURLToPath(new URL('../../dist/bin/', import.meta.url));

/** The files that the sessions start with. */
const FILES = {
  'guest.mr': 'qemu-10.0/pc',
  'live.mr': 'qemu-10.0/live',
  'background.mr': 'qemu-10.0/background-snapshot-pc',
  'cancelled.mr': 'qemu-10.0/cancelled',
  'image.save': 'libvirt-11.3/save-sparse',
  'raw.save': 'libvirt-11.3/save-raw',
  'external.save': 'libvirt-11.3/snapshot-sparse',
};

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(scratchParent, 'mr-sessions-'));
  mkdirSync(join(folder, 'bin'));
  for (const name of ['mr', 'mr-lint']) {
    const script = `#!/bin/sh\nexec "${process.execPath}" "${bin}${name}.js" "$@"\n`;
    writeFileSync(join(folder, 'bin', name), script);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a file takes on disk is the file system's affair. */
const withoutSizes = (text: string) => text.replace(/\d[\d.]* (bytes|[KMG]iB)/g, 'SIZE');

it.each(['copy', 'scrub', 'relocate', 'convert', 'repair', 'clone'])(
  'the session of mr %s goes as its page says',
  async (name) => {
    const work = join(folder, name);
    mkdirSync(work);
    for (const [file, id] of Object.entries(FILES)) await (await loadCapture(id)).writeTo(join(work, file));
    const page = readFileSync(join(docs, `mr-${name}.md`), 'utf8');
    const session = /^```console\n(.*?)^```$/ms.exec(page)?.[1] ?? '';
    const commands = session.split('\n').filter((line) => line.startsWith('$ '));
    expect(commands.length).toBeGreaterThan(2);
    let played = '';
    for (const command of commands) {
      const script = `(${command.slice(2)}) 2>&1; true`;
      const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
      played += `${command}\n${execFileSync('sh', ['-c', script], { cwd: work, env, encoding: 'utf8' })}`;
    }
    expect(withoutSizes(played.replaceAll(work, '/vms'))).toBe(withoutSizes(session));
  },
);
