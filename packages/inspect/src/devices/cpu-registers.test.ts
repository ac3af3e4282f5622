import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allOrLast } from '@mapped-ram/fixtures';
import { openSnapshot, type Snapshot } from '@mapped-ram/reader';
import { openFileSource } from '@mapped-ram/reader/file';
import { findQemu, launchQemu, QEMU_VERSIONS, type QemuVm, saveMappedRam } from '@mapped-ram/tool-qemu';
import { describe, expect, it } from 'vitest';
import { aarch64RegisterCode, x86RegisterRom } from '../testing/register-guests.js';
import { cpuRegisters } from './cpu-registers.js';
import { sectionsNamed } from './device-sections.js';

/** The value that the guests put into r10 and x10, the last ones to wait for. */
const DONE = '0123456789abcd0a';

const guests = [
  {
    target: 'x86_64',
    args: ['-machine', 'pc', '-nodefaults', '-m', '4M', '-smp', '2', '-bios', 'guest'],
    guest: x86RegisterRom,
    expected: expectedX86,
    registerCount: 80,
  },
  {
    target: 'aarch64',
    args: [
      ...['-machine', 'virt', '-nodefaults', '-cpu', 'cortex-a57', '-m', '16M', '-smp', '2'],
      ...['-device', 'loader,file=guest,addr=0x40200000,cpu-num=0,force-raw=on'],
    ],
    guest: aarch64RegisterCode,
    expected: expectedAarch64,
    registerCount: 34,
  },
] as const;

describe.each(allOrLast(QEMU_VERSIONS))('QEMU %s', (version) => {
  for (const { target, args, guest, expected, registerCount } of guests) {
    const program = findQemu(version, target);
    const missing = program.kind === 'missing' ? ` (missing tool: ${program.reason})` : '';
    it.skipIf(missing !== '')(`registers of ${target} are what QMP says${missing}`, async () => {
      const vm = await launchQemu({
        version,
        target,
        args,
        prepare: (folder) => writeFile(join(folder, 'guest'), guest()),
      });
      try {
        const text = await registersOnceSet(vm);
        const path = join(vm.folder, 'snapshot.mr');
        expect(await saveMappedRam(vm, { uri: `file:${path}` })).toEqual({ kind: 'completed' });
        const snapshot = await openSnapshot(await openFileSource(path));
        const cpus = text.split(/^CPU#\d+$/m).slice(1);
        const decoded = await registersIn(snapshot);
        await snapshot.close();
        expect(cpus).toHaveLength(2);
        expect(decoded).toHaveLength(2);
        for (const [index, cpu] of cpus.entries()) expect(decoded[index]).toMatchObject(expected(cpu));
        expect(Object.keys(expected(cpus[0] ?? '')).length).toBeGreaterThanOrEqual(registerCount);
      } finally {
        await vm.kill();
      }
    });
  }
});

/** Stops the guest once its registers are set, and returns what QEMU says about them. */
async function registersOnceSet({ qmp }: QemuVm): Promise<string> {
  for (;;) {
    await qmp.execute('stop');
    const text = await qmp.execute<string>('human-monitor-command', { 'command-line': 'info registers -a' });
    if (text.includes(`10=${DONE}`)) return text.replaceAll('\r', '');
    await qmp.execute('cont');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function registersIn(snapshot: Snapshot): Promise<Record<string, bigint>[]> {
  const cpus: Record<string, bigint>[] = [];
  for (const section of sectionsNamed(snapshot, 'cpu')) {
    const state = await snapshot.decodeDeviceState(section);
    const registers = (state && cpuRegisters(state)?.registers) ?? [];
    cpus.push(Object.fromEntries(registers.map(({ name, value }) => [name, value])));
  }
  return cpus;
}

/** All matches of a pattern as names in lower case and the values of the parts, put together. */
function* matches(text: string, pattern: RegExp): Generator<[name: string, value: bigint]> {
  for (const [, name = '', ...parts] of text.matchAll(pattern))
    yield [name.toLowerCase(), BigInt(`0x${parts.join('')}`)];
}

/** `RAX=... R8 =... RIP=... RFL=... ES =0010 0000000000000000 ffffffff 00cf9300 ... CR0=... XMM00=high low` */
function expectedX86(text: string): Record<string, bigint> {
  const wanted: Record<string, bigint> = {};
  const otherNames: Record<string, string> = { eip: 'rip', efl: 'rflags', rfl: 'rflags' };
  const general = /\b([ER][A-D]X|[ER][SD]I|[ER][SB]P|R\d+|[ER]IP|EFL|RFL|[CD]R\d|EFER|MXCSR) *=([0-9a-f]+)/g;
  for (const [name, value] of matches(text, general)) {
    wanted[otherNames[name] ?? name.replace(/^e(?=..$)/, 'r')] = value;
  }
  for (const [name, value] of matches(text, /\b(XMM\d\d)=([0-9a-f]{16}) ?([0-9a-f]{16})/g)) {
    wanted[name.replace('mm0', 'mm')] = value;
  }
  for (const [part, pattern] of [
    ['', /\b([C-GS]S|LDT|TR) *=([0-9a-f]{4}) /g],
    ['.base', /\b([C-GS]S|LDT|TR|[GI]DT) *=[0-9a-f ]{5}([0-9a-f]+)/g],
    ['.limit', /\b([C-GS]S|LDT|TR|[GI]DT) *=[0-9a-f ]{5}[0-9a-f]+ ([0-9a-f]{8})/g],
    ['.flags', /\b([C-GS]S|LDT|TR) *=[0-9a-f]{4} [0-9a-f]+ [0-9a-f]{8} ([0-9a-f]{8})/g],
  ] as const) {
    for (const [name, value] of matches(text, pattern)) wanted[`${name}${part}`] = value;
  }
  return wanted;
}

/** ` PC=... X00=... SP=... PSTATE=... Q00=high:low` */
function expectedAarch64(text: string): Record<string, bigint> {
  const wanted: Record<string, bigint> = {};
  for (const [name, value] of matches(text, /\b(PC|SP|PSTATE|X\d\d)=([0-9a-f]{8,16})\b/g)) {
    wanted[name.replace('x0', 'x')] = value;
  }
  for (const [name, value] of matches(text, /\b(Q\d\d)=([0-9a-f]{16}):([0-9a-f]{16})/g)) {
    wanted[`v${Number(name.slice(1))}`] = value;
  }
  return wanted;
}
