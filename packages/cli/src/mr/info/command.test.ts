import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureFolder } from '../../testing/capture-folder.js';
import { runMr, runMrJson } from '../../testing/run-mr.js';

const folder = captureFolder();
let live: string;
let microvm: string;
let cut: string;

beforeAll(async () => {
  live = await folder.put('qemu-10.0/live', 'live.mr');
  microvm = await folder.put('qemu-10.0/microvm', 'microvm.mr');
  cut = await folder.put('qemu-10.0/cancelled', 'cut.mr');
});
afterAll(() => folder.remove());

describe('mr info', () => {
  it('tells machine, save, memory and devices', async () => {
    const { status, out, err } = await runMr('info', live);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^ {2}machine +pc-i440fx-10\.0$/m);
    expect(out).toMatch(/^ {2}saved while +running; memory in \d+ parts$/m);
    expect(out).toMatch(/^ {2}guest clock +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(mc146818rtc\)$/m);
    expect(out).toMatch(/^ {2}pc\.ram +8 MiB +4096 +2,048 +358 +17% +1,690 +0x100000$/m);
    expect(out).toMatch(/^ {2}cpu +0 +12 +1,851$/m);
  });

  it('counts what lies under clear bits in a deep look', async () => {
    const { out } = await runMr('info', '--deep', live);
    expect(out).toMatch(/(\d+) pages left from an earlier round/);
    const { files } = await runMrJson('info', '--deep', live);
    expect(files[0].ram.stalePages).toBeGreaterThan(0);
    expect(files[0].ram.storedZeroPages).toBe(0);
  });

  it('as JSON has all of it, for every file', async () => {
    const report = await runMrJson('info', live, microvm);
    expect(report.version).toBe(1);
    expect(report.files.map(({ path, machine }: Record<string, string>) => [path, machine])).toEqual([
      [live, 'pc-i440fx-10.0'],
      [microvm, 'microvm'],
    ]);
    expect(report.files[0].blocks[0]).toMatchObject({ id: 'pc.ram', setPages: 358, stalePages: null });
  });

  it('tells what it could read of a damaged file, and exits with 1', async () => {
    const { status, out } = await runMr('info', cut);
    expect(status).toBe(1);
    expect(out).toContain('NOT COMPLETE');
    expect(out).toContain('Could not be read');
  });

  it('says which file it cannot use, and describes the others', async () => {
    const missing = folder.at('missing.mr');
    const { status, out, err } = await runMr('info', missing, microvm);
    expect({ status, err }).toEqual({ status: 2, err: `mr info: ${missing}: no such file or directory\n` });
    expect(out).toContain('microvm');
  });

  it('refuses what is no stream', async () => {
    const shifted = await folder.put('qemu-10.0/none', 'shifted.mr', (image) =>
      image.insert(0, new Uint8Array(4096)),
    );
    const { status, err, out } = await runMr('info', shifted);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain('not a QEMU migration stream');
    const moved = await runMrJson('info', '--offset', '4k', shifted);
    expect(moved.files[0]).toMatchObject({ streamOffset: 4096, machine: 'none' });
  });

  it('tells what libvirt calls the domain, and prints its XML, or what of it may be shown to others', async () => {
    const image = await folder.put('libvirt-11.3/save-sparse', 'image.save');
    const { out } = await runMr('info', image);
    expect(out).toMatch(/^ {2}domain +capture, 6d617070-6564-4d72-8d61-6d2d7261d401, 16 MiB, 1 processor$/m);
    expect((await runMr('info', '--redact', image)).out).toMatch(
      /^ {2}domain +\.\.\., 16 MiB, 1 processor$/m,
    );
    const xml = await runMr('info', '--xml', image);
    expect(xml).toMatchObject({ status: 0, err: '' });
    expect(xml.out).toMatch(/^<domain type='qemu'>[\s\S]*<name>capture<\/name>[\s\S]*<\/domain>\n$/);
    const redacted = await runMr('info', '--xml', '--redact', image);
    expect(redacted.out).toContain("machine='pc-i440fx-10.0'");
    expect(redacted.out).not.toMatch(/capture|6d617070/);
  });

  it('has no XML of what is no image of libvirt', async () => {
    const { status, err, out } = await runMr('info', '--xml', live);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain('no image of libvirt');
  });

  it('lets no control character of a file through', async () => {
    const hostile = await folder.put('qemu-10.0/none', 'hostile.mr', (image) => {
      const entry = Buffer.from(image.bytes(0, 256)).indexOf('\u0003ram', 60, 'latin1');
      image.patch(entry + 1, Buffer.from('\u001b[J', 'latin1'));
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect((await runMr('info', hostile)).out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe('mr info --fingerprint', () => {
  it('refuses what it could read in part only: of the rest it knows nothing', async () => {
    const classic = await folder.put('libvirt-11.3/save-raw', 'classic.save', (image) =>
      image.truncate(2 ** 20),
    );
    for (const path of [classic, cut]) {
      const { status, out, err } = await runMr('info', '--fingerprint', path);
      expect(status).toBe(2);
      expect(out).toBe('');
      expect(err).toContain('only a part of it could be read');
    }
  });

  it('covers a classic stream, which fits what the snapshot fits that it becomes', async () => {
    const classic = await folder.put('libvirt-11.3/save-raw', 'whole.save');
    const mapped = folder.at('whole.mr');
    await runMr('convert', classic, mapped);
    const { status, out } = await runMr('info', '--fingerprint', classic, mapped);
    expect(status).toBe(0);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
    expect((await runMr('info', '--fingerprint', classic, live)).status).toBe(1);
  });

  it('is one line for a file, and 0 where all are the same', async () => {
    const same = await folder.put('qemu-10.0/direct-io', 'same.mr');
    const { status, out } = await runMr('info', '--fingerprint', microvm, same);
    expect(status).toBe(0);
    const [first = '', second = '', ...others] = out.trimEnd().split('\n');
    expect(first).toMatch(/^[0-9a-f]{64} {2}.*microvm\.mr$/);
    expect(second.slice(0, 64)).toBe(first.slice(0, 64));
    expect(others).toEqual([]);
  });

  it('tells in what a file differs from the first, and exits with 1', async () => {
    const { status, out } = await runMr('info', '--fingerprint', microvm, live);
    expect(status).toBe(1);
    expect(out).toContain('machine: pc-i440fx-10.0, there microvm\n');
    expect(out).toMatch(/^ {2}block pc\.ram: only here, 8388608 bytes/m);
    const { files } = await runMrJson('info', '--fingerprint', microvm, live);
    expect(files[0].differences).toEqual([]);
    expect(files[1].differences[0]).toEqual({ kind: 'machine', what: '', a: 'microvm', b: 'pc-i440fx-10.0' });
  });
});
