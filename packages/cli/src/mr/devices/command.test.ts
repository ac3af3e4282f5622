import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureFolder } from '../../testing/capture-folder.js';
import { runMr, runMrJson } from '../../testing/run-mr.js';

const folder = captureFolder();
let pc: string;
let undescribed: string;

beforeAll(async () => {
  pc = await folder.put('qemu-10.0/pc', 'pc.mr');
  undescribed = await folder.put('qemu-10.0/no-vmdesc', 'undescribed.mr');
});
afterAll(() => folder.remove());

describe('mr devices', () => {
  it('shows every device with its fields', async () => {
    const { status, out, err } = await runMr('devices', pc);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^globalstate 0: version 1, 104 bytes at 0x[0-9a-f]+$/m);
    expect(out).toMatch(/^ {2}runstate +buffer "prelaunch"$/m);
    expect(out).toMatch(/^ {2}\.\.\. 7 more like it$/m);
    const tooWide = out.split('\n').filter((line) => line.length > 100);
    expect(tooWide).toEqual([]);
  });

  it('shows the registers of a CPU in hexadecimal', async () => {
    const { out } = await runMr('devices', '--registers', pc);
    expect(out).toMatch(/ rip +000000000000fff0\b/);
    expect(out).toMatch(/ cs 0000f000 {2}cs\.base 00000000ffff0000 /);
    expect(out).not.toContain('env.');
    const { devices } = await runMrJson('devices', '--registers', pc);
    expect(devices).toMatchObject([
      { name: 'cpu', registers: { architecture: 'x86_64', values: { rip: '0xfff0', cs: '0xf000' } } },
    ]);
    expect(devices[0]).not.toHaveProperty('state');
  });

  it('as JSON has every field of every device', async () => {
    const { version, path, devices } = await runMrJson('devices', pc);
    expect({ version, path }).toEqual({ version: 1, path: pc });
    expect(devices).toHaveLength(30);
    const timer = devices.find(({ name }: { name: string }) => name === 'timer');
    expect(timer.state.children[0]).toMatchObject({ name: 'cpu_ticks_offset', type: 'int64', value: '0' });
  });

  it('lists them', async () => {
    const { out } = await runMr('devices', '--list', pc);
    expect(out.trimEnd().split('\n')).toHaveLength(31);
    expect(out).toMatch(/^dma +1 +1 +75$/m);
    expect((await runMrJson('devices', '--list', pc)).devices[0]).toMatchObject({
      name: 'timer',
      versionId: 2,
    });
  });

  it('shows one instance, one field, and whole buffers', async () => {
    expect((await runMrJson('devices', pc, 'dma', '--instance', '1')).devices).toHaveLength(1);
    const { out } = await runMr('devices', pc, 'cpu', '--field', 'env.segs[1].base');
    expect(out).toMatch(/^ {2}base +uint64 0xffff0000$/m);
    expect((await runMr('devices', pc, 'vmmouse')).out).toContain('uint32[] 0x0 (x1024)');
    const short = await runMr('devices', pc, 'vmmouse');
    const full = await runMr('devices', pc, 'vmmouse', '--full');
    expect(full.out.length).toBeGreaterThan(2 * short.out.length);
  });

  it('writes the bytes of a device or a field to a file, and replaces none unasked', async () => {
    const path = folder.at('dump.bin');
    expect(await runMr('devices', pc, 'mc146818rtc', '--field', 'cmos_data', '--dump', path)).toEqual({
      status: 0,
      out: '',
      err: '',
    });
    expect(readFileSync(path)).toHaveLength(128);
    const again = await runMr('devices', pc, 'timer', '--dump', path);
    expect(again).toMatchObject({ status: 2, out: '' });
    expect(again.err).toBe(`mr devices: ${path}: it exists already; --force replaces it\n`);
    expect((await runMr('devices', pc, 'timer', '--dump', path, '--force')).status).toBe(0);
    expect(readFileSync(path)).toHaveLength(24);
  });

  it('exits with 1 where nothing describes the state, and takes the description of another file', async () => {
    expect(await runMr('devices', undescribed, 'timer')).toMatchObject({ status: 1 });
    const described = await runMr('devices', undescribed, '--described-by', pc);
    expect(described.status).toBe(0);
    expect(described.out).toContain('cpu_clock_offset');
    const useless = await runMr('devices', pc, '--described-by', undescribed);
    expect(useless).toMatchObject({
      status: 2,
      err: `mr devices: ${undescribed}: it has no vmdescription\n`,
    });
  });

  it.each([
    [['cpus'], 'there is no device "cpus"; did you mean cpu?'],
    [['cpu', '--instance', '7'], 'cpu has no instance 7: choose 0'],
    [['cpu', '--instance', 'x'], '--instance cannot be "x": give a number'],
    [['cpu', '--field', 'env'], 'cpu has no field "env"'],
    [['--field', 'env.eip'], '--field needs the NAME of a device'],
    [['dma', '--dump', 'x'], '--dump takes one device, and there are 2: choose with --instance'],
    [['--list', '--registers'], 'choose one of --list and --registers'],
    [['cpu', 'dma'], 'a file and one name are all that is taken'],
  ])('refuses %j', async (args, message) => {
    const { status, out, err } = await runMr('devices', pc, ...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(`mr devices: ${message}`);
  });

  it('refuses a file that cannot be opened whole', async () => {
    const path = folder.at('garbage.mr');
    writeFileSync(path, 'garbage, and nothing else');
    expect(await runMr('devices', path)).toMatchObject({ status: 2, out: '' });
  });
});
