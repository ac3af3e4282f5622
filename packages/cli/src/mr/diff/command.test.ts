import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureFolder } from '../../testing/capture-folder.js';
import { runMr, runMrJson } from '../../testing/run-mr.js';

const folder = captureFolder();
let pc: string;
let live: string;

beforeAll(async () => {
  pc = await folder.put('qemu-10.0/pc', 'pc.mr');
  live = await folder.put('qemu-10.0/live', 'live.mr');
});
afterAll(() => folder.remove());

describe('mr diff', () => {
  it('says nothing of a copy and exits with 0', async () => {
    const copy = await folder.put('qemu-10.0/pc', 'copy.mr');
    expect(await runMr('diff', pc, copy)).toEqual({ status: 0, out: '', err: '' });
    expect(await runMrJson('diff', pc, copy)).toEqual({
      ...{ version: 1, a: pc, b: copy, same: true },
      ...{ headers: [], blocks: [], devices: [] },
    });
  });

  it('tells runs of pages and fields, and exits with 1', async () => {
    const { status, out, err } = await runMr('diff', pc, live);
    expect({ status, err }).toEqual({ status: 1, err: '' });
    expect(out.startsWith(`--- ${pc}\n+++ ${live}\npc.ram: 16 MiB -> 8 MiB; `)).toBe(true);
    expect(out).toMatch(/^ {2}0x[0-9a-f]+-0x[0-9a-f]+ {2}1 page$/m);
    expect(out).toMatch(/^ {2}and \d+ more runs$/m);
    expect(out).toMatch(/^ {2}env\.eip +0xfff0 -> 0x[0-9a-f]+$/m);
    expect(out).toMatch(/^ {2}runstate +"prelaunch" -> "running"$/m);
    expect(out).toMatch(
      /^ {2}cmos_data +\d+ of 128 bytes differ, from byte \d+ on: [0-9a-f]{16} -> [0-9a-f]{16}$/m,
    );
    const all = await runMr('diff', '--all', pc, live);
    expect(all.out).not.toMatch(/^ {2}and \d+ more/m);
    expect(all.out.length).toBeGreaterThan(out.length);
  });

  it('as JSON has both sides of every field', async () => {
    const { same, blocks, devices } = await runMrJson('diff', pc, live);
    expect(same).toBe(false);
    expect(blocks[0]).toMatchObject({ id: 'pc.ram', kind: 'pages', pageSize: 4096 });
    expect(blocks[0].runs).toHaveLength(blocks[0].runCount);
    const globalState = devices.find(({ name }: { name: string }) => name === 'globalstate');
    expect(globalState.fields[0]).toEqual({ path: 'size', type: 'uint32', a: 10, b: 8 });
  });

  it('says the same with any number of channels', async () => {
    const zeros = await folder.put('qemu-10.0/zero-pages-stored', 'zeros.mr');
    for (const pair of [
      [pc, live],
      [live, zeros],
      [zeros, zeros],
    ] as const) {
      const alone = await runMr('diff', '--all', ...pair);
      expect(await runMr('diff', '--all', '--channels', '1', ...pair)).toEqual(alone);
      expect(await runMr('diff', '--all', '--channels', '3', '--direct-io', ...pair)).toMatchObject({
        status: alone.status,
        out: alone.out,
      });
    }
  });

  it('reads no classic stream at places where its pages are not', async () => {
    const stream = await folder.put('libvirt-11.3/save-raw', 'raw.save');
    const sparse = await folder.put('libvirt-11.3/save-sparse', 'sparse.save');
    const alone = await runMr('diff', '--all', stream, sparse);
    expect(await runMr('diff', '--all', '--channels', '2', stream, sparse)).toEqual(alone);
  });

  it('compares only what it is told to', async () => {
    expect(await runMrJson('diff', '--only', 'devices', pc, live)).toMatchObject({ blocks: [] });
    expect(await runMrJson('diff', '--only', 'pages', pc, live)).toMatchObject({ devices: [] });
  });

  it('prints nothing when only the status is wanted', async () => {
    expect(await runMr('diff', '-q', pc, live)).toEqual({ status: 1, out: '', err: '' });
  });

  it.each([
    [['x'], 'two files are compared, and 1 were given'],
    [['x', 'y', 'z'], 'two files are compared, and 3 were given'],
    [['--only', 'memory', 'x', 'y'], '--only cannot be "memory": choose pages, devices'],
  ])('refuses %j', async (args, message) => {
    const { status, err } = await runMr('diff', ...args);
    expect(status).toBe(2);
    expect(err).toContain(`mr diff: ${message}`);
  });

  it('exits with 2 where a file cannot be used', async () => {
    const missing = folder.at('missing.mr');
    expect(await runMr('diff', pc, missing)).toEqual({
      status: 2,
      out: '',
      err: `mr diff: ${missing}: no such file or directory\n`,
    });
  });
});
