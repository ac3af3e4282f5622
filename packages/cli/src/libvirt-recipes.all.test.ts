import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findLibvirt, startLibvirt, virshCommand } from '@mapped-ram/tool-qemu/libvirt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LibvirtBed } from './testing/libvirt-bed.js';
import { commandsOf, installCommands, playSession } from './testing/play-session.js';

const PAGE = new URL('../../../docs/libvirt.md', import.meta.url);

/** The sessions of the page, one after the other. */
function sessionsOf(page: string): string {
  return [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([, session]) => session).join('');
}

/** Numbers and columns are those of this guest and this run. */
const withoutNumbers = (text: string) =>
  text
    .replaceAll(/0x[\da-f]+/g, 'N')
    .replaceAll(/\b[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\b/g, 'UUID')
    .replaceAll(/\b[\da-f]{16}\b/g, 'HASH')
    .replaceAll(/\d[\d.,:]*( (bytes|[KMG]iB))?/g, 'N')
    .replaceAll(/\bN (\w+?)s\b/g, 'N $1')
    .replaceAll(/\s+/g, ' ');

describe('docs/libvirt.md', () => {
  const found = findLibvirt('11.1');
  if (found.kind === 'missing') {
    it.skip(`is not tried: ${found.reason}`);
    return;
  }
  let bed: LibvirtBed;
  let bin: string;

  beforeAll(async () => {
    bed = await LibvirtBed.make(await startLibvirt(found));
    bin = installCommands(bed.libvirt.folder);
    const virsh = join(bin, 'virsh');
    writeFileSync(
      virsh,
      `#!/bin/sh\nexec ${virshCommand(bed.libvirt)
        .map((word) => `'${word}'`)
        .join(' ')} "$@"\n`,
    );
    chmodSync(virsh, 0o755);
    const qmp = bed.path('guest.qmp');
    await bed.start({
      elements: `<commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><arg value='-qmp'/><arg value='unix:${qmp},server=on,wait=off'/></commandline>`,
    });
  });

  afterAll(() => bed.libvirt.kill());

  it('goes as it says', () => {
    const session = sessionsOf(readFileSync(PAGE, 'utf8'));
    const played = playSession(commandsOf(session), bed.libvirt.folder, bin);
    if (process.env.MAPPED_RAM_SHOW_SESSION !== undefined) console.log(played);
    expect(withoutNumbers(played)).toBe(withoutNumbers(session));
  });
});
