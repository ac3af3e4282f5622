import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCapture, scratchParent } from '@mapped-ram/fixtures';
import { QEMU_VERSIONS } from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../mr-lint/main.js';
import { memoryTerminal } from '../../testing/memory-terminal.js';
import { runMr } from '../../testing/run-mr.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(scratchParent, 'clone-state-'));
  await (await loadCapture('qemu-10.0/pc')).writeTo(join(folder, 'guest.mr'));
  await runMr('clone', join(folder, 'guest.mr'), '-o', join(folder, 'clone'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the state of a clone', () => {
  it.each(QEMU_VERSIONS)('is said to restore in QEMU %s, and what it is', async (version) => {
    const terminal = memoryTerminal();
    const state = join(folder, 'clone/state');
    const status = await main(['--qemu', version, state], terminal, new AbortController().signal);
    expect(status).toBe(0);
    const words = terminal.out.replaceAll(/\s+/g, ' ');
    expect(words).toContain(`restores (QEMU ${version})`);
    expect(words).toContain('The memory of "pc.ram" is not in it: it is the `state` of a clone (mr clone)');
  });
});
