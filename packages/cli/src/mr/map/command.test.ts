import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureFolder } from '../../testing/capture-folder.js';
import { memoryTerminal } from '../../testing/memory-terminal.js';
import { runMr } from '../../testing/run-mr.js';
import { main } from '../main.js';

const folder = captureFolder();
let pc: string;

beforeAll(async () => {
  pc = await folder.put('qemu-10.0/pc', 'pc.mr');
});
afterAll(() => folder.remove());

describe('mr map', () => {
  it.each([40, 80, 120])('draws each block as a strip of a terminal with %d columns', async (columns) => {
    const terminal = memoryTerminal({ columns });
    expect(await main(['map', pc], terminal, new AbortController().signal)).toBe(0);
    expect(terminal.out).toContain('pc.bios: 64 KiB, ');
    const strips = terminal.out.split('\n').filter((line) => line.includes('|'));
    expect(strips.length).toBeGreaterThanOrEqual(6);
    for (const strip of strips) {
      expect(strip).toHaveLength(columns);
      expect(strip).toMatch(/^ *0x[0-9a-f]+ \|[·░▒▓█]+\|$/);
    }
  });

  it('draws pages that are all set, and none, as such, also in ASCII', async () => {
    const { out } = await runMr('map', '--ascii', pc);
    expect(out).toMatch(/^\/rom@etc\/table-loader: .*\n +0x0 \|#+\|$/m);
    expect(out).toMatch(/^pc\.rom: .*, 0 of 32 .*\n +0x0 \|\.+\|$/m);
    expect(out).not.toMatch(/[^\n -~]/);
  });

  it.each([
    ['svg', '<svg '],
    ['PNG', '\x89PNG'],
  ])('writes a picture as %s', async (ending, start) => {
    const path = folder.at(`map.${ending}`);
    expect(await runMr('map', pc, '-o', path)).toEqual({ status: 0, out: '', err: '' });
    expect(readFileSync(path, 'latin1').startsWith(start)).toBe(true);
    expect((await runMr('map', pc, '-o', path)).status).toBe(2);
    expect((await runMr('map', pc, '-o', path, '-f')).status).toBe(0);
  });

  it('refuses other endings and what cannot be written, before and after drawing', async () => {
    expect((await runMr('map', pc, '-o', folder.at('map.gif'))).err).toContain('ends in .svg or .png');
    const nowhere = folder.at('nowhere/map.svg');
    expect(await runMr('map', pc, '-o', nowhere)).toEqual({
      status: 2,
      out: '',
      err: `mr map: ${nowhere}: no such file or directory\n`,
    });
    expect((await runMr('map')).err).toContain('one file is drawn, and 0 were given');
  });
});
