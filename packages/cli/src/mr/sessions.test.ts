import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { allOrFew, loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  commandsOf,
  installCommands,
  playSession,
  sessionOf,
  withoutSizes,
} from '../testing/play-session.js';

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

/** What snapshot-save of QEMU 11.1 made, with mapped-ram on. */
const DISK = new URL('../../../containers/src/testing/internal-snapshot-11.1.qcow2.gz', import.meta.url);

let folder: string;
let binFolder: string;
beforeAll(() => {
  folder = mkdtempSync(join(scratchParent, 'mr-sessions-'));
  binFolder = installCommands(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each(
  allOrFew(
    [
      'copy',
      'scrub',
      'relocate',
      'convert',
      'repair',
      'clone',
      'extract',
      'search',
      'pack',
      'unpack',
      'seal',
      'delta',
      'reading',
    ],
    ['reading'],
  ),
)('the session of mr %s goes as its page says', async (name) => {
  const work = join(folder, name);
  mkdirSync(work);
  for (const [file, id] of Object.entries(FILES)) await (await loadCapture(id)).writeTo(join(work, file));
  writeFileSync(join(work, 'disk.qcow2'), gunzipSync(readFileSync(DISK)));
  const session = sessionOf(name);
  const commands = commandsOf(session);
  expect(commands.length).toBeGreaterThan(1);
  const played = playSession(commands, work, binFolder);
  expect(withoutSizes(played.replaceAll(work, '/vms'))).toBe(withoutSizes(session));
});
