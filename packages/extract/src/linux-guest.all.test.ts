import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scratchParent } from '@mapped-ram/fixtures';
import { findQemu, hasProgram, QEMU_VERSIONS, saveMappedRam } from '@mapped-ram/tool-qemu';
import { type BootedLinux, bootLinux, findLinuxGuest } from '@mapped-ram/tool-qemu/linux-guest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractElf } from './extract-elf.js';
import { extractRange } from './extract-range.js';
import { findCoreDifference, readElfCore } from './testing/elf-core.js';

const MEMORY = ['-machine', 'pc-q35-10.0,memory-backend=pc.ram', '-m', '192M'];
const BACKEND = ['-object', 'memory-backend-ram,id=pc.ram,size=192M'];

const guest = findLinuxGuest();
const gdb = findTool('gdb');
const readelf = findTool('readelf');

describe.each(QEMU_VERSIONS)('a core of Linux in QEMU %s', (version) => {
  const qemu = findQemu(version);
  const missing = [guest, qemu].find((tool) => tool.kind === 'missing');
  if (missing?.kind === 'missing' || guest.kind === 'missing') {
    it.skip(`missing tool: ${missing?.kind === 'missing' ? missing.reason : ''}`, () => {});
    return;
  }

  let folder: string;
  let symbols: Map<string, bigint>;
  /** Of each processor, as QMP tells them. */
  let registers: Map<string, bigint>[];
  let release: string;
  const at = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(scratchParent, 'extract-linux-test-'));
    const booted = await bootLinux(guest, { version, args: [...MEMORY, ...BACKEND] });
    try {
      release = guest.release;
      symbols = await readSymbols(booted);
      await booted.vm.qmp.execute('stop');
      registers = await readRegisters(booted);
      expect(await saveMappedRam(booted.vm, { uri: `file:${at('linux.mr')}` })).toEqual({
        kind: 'completed',
      });
      const dump = { paging: false, protocol: `file:${at('dump')}` };
      await booted.vm.qmp.execute('dump-guest-memory', dump, { timeoutMs: Number.POSITIVE_INFINITY });
    } finally {
      await booted.kill();
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('has the segments, bytes, registers and VMCOREINFO of QEMU’s own dump', async () => {
    const report = await extractElf(at('linux.mr'), at('core'), { channels: { channels: 2 } });
    expect(report).toMatchObject({ processors: 2, vmcoreinfo: true });
    const [ours, theirs] = [await readElfCore(at('core')), await readElfCore(at('dump'))];
    const withoutPlaces = ({ segments, ...rest }: typeof ours) => ({
      ...rest,
      segments: segments.map(({ fileOffset, ...segment }) => segment),
    });
    expect(withoutPlaces(ours)).toEqual(withoutPlaces(theirs));
    expect(await findCoreDifference([at('core'), ours], [at('dump'), theirs])).toBeUndefined();
  });

  it('has the firmware where the processor begins: a far jump, and the date that every SeaBIOS bears', async () => {
    await extractRange(at('linux.mr'), { address: 0xffff_fff0n, lengthBytes: 13 }, at('reset'));
    const jump = [0xea, 0x5b, 0xe0, 0x00, 0xf0];
    expect(readFileSync(at('reset'))).toEqual(Buffer.from([...jump, ...Buffer.from('06/23/99')]));
  });

  it.skipIf(gdb.kind === 'missing')(
    gdb.kind === 'missing'
      ? `missing tool: ${gdb.reason}`
      : 'opens in gdb with the registers, and its memory reads',
    async () => {
      await extractElf(at('linux.mr'), at('paged'), { paging: true });
      const banner = symbols.get('linux_banner') ?? 0n;
      const said = await run('gdb', [
        ...['-nx', '-batch', '-core', at('paged')],
        ...['-ex', 'thread 1', '-ex', 'info registers', '-ex', 'thread 2', '-ex', 'info registers'],
        ...['-ex', 'set print elements 400', '-ex', `x/s 0x${banner.toString(16)}`],
      ]);
      expect(said).toContain(`Linux version ${release}`);
      const threads = said.split(/Switching to thread|\[Current thread is/).map(registersOfGdb);
      for (const expected of registers) {
        const found = threads.find(
          (thread) => thread.get('rip') === expected.get('rip') && sameAs(thread, expected),
        );
        expect(found, `no thread has the registers of the processor at ${expected.get('rip')}`).toBeDefined();
      }
    },
  );

  it.skipIf(readelf.kind === 'missing')(
    readelf.kind === 'missing' ? `missing tool: ${readelf.reason}` : 'is read by readelf',
    async () => {
      await extractElf(at('linux.mr'), at('listed'));
      const said = await run('readelf', ['--wide', '-hln', at('listed')]);
      expect(said).toMatch(/Type:\s+CORE/);
      expect(said.match(/NT_PRSTATUS/g)).toHaveLength(2);
      expect(said).toContain('VMCOREINFO');
    },
  );
});

type Tool = { readonly kind: 'found' } | { readonly kind: 'missing'; readonly reason: string };

function findTool(name: string): Tool {
  if (hasProgram(name)) return { kind: 'found' };
  return { kind: 'missing', reason: `${name} is not on PATH` };
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

async function readSymbols({ console }: BootedLinux): Promise<Map<string, bigint>> {
  const text = await console.run('grep " linux_banner$" /proc/kallsyms');
  const found = [...text.matchAll(/^([0-9a-f]{16}) . (\w+)\r?$/gm)];
  return new Map(found.map(([, address, name = '']) => [name, BigInt(`0x${address}`)]));
}

async function readRegisters({ vm }: BootedLinux): Promise<Map<string, bigint>[]> {
  const text = await vm.qmp.execute<string>('human-monitor-command', { 'command-line': 'info registers -a' });
  return text
    .split('CPU#')
    .slice(1)
    .map((part) => {
      const found = [...part.matchAll(/\b(R[A-Z0-9]+)\s*=\s*([0-9a-f]{16})\b/g)];
      return new Map(found.map(([, name = '', value]) => [name.toLowerCase(), BigInt(`0x${value}`)]));
    });
}

function registersOfGdb(text: string): Map<string, bigint> {
  const found = [...text.matchAll(/^(r[a-z0-9]+)\s+(0x[0-9a-f]+)/gm)];
  return new Map(found.map(([, name = '', value = '0']) => [name, BigInt(value)]));
}

const GENERAL = 'rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip'.split(' ');

function sameAs(actual: Map<string, bigint>, expected: Map<string, bigint>): boolean {
  return GENERAL.every((name) => expected.has(name) && actual.get(name) === expected.get(name));
}
