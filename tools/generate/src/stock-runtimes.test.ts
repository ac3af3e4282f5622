import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { loadCapture } from '@mapped-ram/fixtures';
import { afterAll, describe, expect, it } from 'vitest';
import { compileGrammar } from './grammar.js';

// biome-ignore lint/suspicious/noExplicitAny: neither what the compiler writes nor its runtime has types that hold
type Untyped = any;

/** What each runtime has to find in a capture. */
interface Summary {
  readonly machine: string;
  readonly sections: string[];
  readonly blocks: [idstr: string, usedLength: number, pagesOffset: number, setPages: number][];
  readonly devices: string[];
}

const captures = ['qemu-10.0/none', 'qemu-10.0/microvm', 'qemu-11.1/microvm', 'qemu-10.0/q35'];

/** The keys are as the grammar has them: the languages differ in nothing else. */
const summarizeInPython = `
import json, sys
from mapped_ram import MappedRam
stream = MappedRam.from_file(sys.argv[1])
blocks = [block
  for record in stream.records if record.is_ram and record.is_opening
  for item in record.ram_body.items if item.word.is_mem_size
  for block in item.block_table.blocks]
print(json.dumps({
  'machine': next(r.configuration.header.machine for r in stream.records if r.configuration is not None),
  'sections': [record.opening.idstr for record in stream.records if record.is_opening],
  'blocks': [[block.entry.idstr, block.entry.len_used, block.header.ofs_pages,
    sum(bin(byte).count('1') for byte in block.bitmap)] for block in blocks],
  'devices': [device['name'] for device in json.loads(stream.vmdescription.json)['devices']],
}))
`;

const folder = mkdtempSync(join(tmpdir(), 'mapped-ram-stock-'));
afterAll(() => rmSync(folder, { recursive: true }));

const wholeCapture = async (id: string) => {
  const image = await loadCapture(id);
  return image.bytes(0, image.sizeBytes);
};

async function summarizeInJavascript(bytes: Uint8Array): Promise<Summary> {
  const require = createRequire(import.meta.url);
  const { 'MappedRam.js': code = '' } = await compileGrammar('mapped_ram', 'javascript');
  const exports: Record<string, Untyped> = {};
  compileFunction(code, ['exports', 'require'])(exports, require);
  const StockStream: Untyped = require('kaitai-struct/KaitaiStream');
  const stream = new exports.MappedRam(new StockStream(new DataView(bytes.slice().buffer)));
  const opening: Untyped[] = stream.records.filter((record: Untyped) => record.isOpening);
  const blocks: Untyped[] = opening
    .flatMap((record) => record.ramBody?.items ?? [])
    .flatMap((item) => item.blockTable?.blocks ?? []);
  return {
    machine: stream.records.find((record: Untyped) => record.configuration).configuration.header.machine,
    sections: opening.map((record) => record.opening.idstr),
    blocks: blocks.map(({ entry, header, bitmap }) => [
      entry.idstr,
      entry.lenUsed,
      header.ofsPages,
      countBits(bitmap),
    ]),
    devices: JSON.parse(stream.vmdescription.json).devices.map((device: { name: string }) => device.name),
  };
}

function countBits(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => count + byte.toString(2).replaceAll('0', '').length, 0);
}

function pythonHas(imports: string): boolean {
  try {
    execFileSync('python3', ['-c', imports], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Runs a program that can import the parser for a Kaitai target. @returns what it prints */
async function runPython(
  target: 'python' | 'construct',
  program: string,
  ...args: string[]
): Promise<string> {
  for (const [name, code] of Object.entries(await compileGrammar('mapped_ram', target))) {
    writeFileSync(join(folder, name), code);
  }
  const env = { ...process.env, PYTHONPATH: `${folder}:${process.env.PYTHONPATH ?? ''}` };
  return execFileSync('python3', ['-B', '-c', program, ...args], { env, encoding: 'utf8' });
}

describe.each(captures)('the capture %s', (id) => {
  it("opens whole in Kaitai's JavaScript runtime", async () => {
    const summary = await summarizeInJavascript(await wholeCapture(id));
    // What the vmdescription lists is what has to be found: the sections that are not iterable, in their order.
    expect(summary.sections).toEqual(['ram', ...summary.devices]);
    expect(summary.blocks.length).toBeGreaterThan(0);
  });

  it.skipIf(!pythonHas('import kaitaistruct; assert kaitaistruct.API_VERSION >= (0, 11)'))(
    "opens whole in Kaitai's Python runtime, to the same (needs python3 with kaitaistruct 0.11)",
    async () => {
      const bytes = await wholeCapture(id);
      writeFileSync(join(folder, 'capture.mr'), bytes);
      const output = await runPython('python', summarizeInPython, join(folder, 'capture.mr'));
      expect(JSON.parse(output)).toEqual(await summarizeInJavascript(bytes));
    },
  );
});

it.skipIf(!pythonHas('import construct'))(
  'has elements that construct parses (needs python3 with construct)',
  async () => {
    const program = [
      'import mapped_ram, struct',
      "header = mapped_ram.mapped_ram__mapped_ram_header.parse(struct.pack('>IQQQ', 1, 4096, 137, 1 << 20))",
      'print(header.version, header.len_page, header.ofs_bitmap, header.ofs_pages)',
    ].join('\n');
    const output = await runPython('construct', program);
    expect(output.trim()).toBe('1 4096 137 1048576');
  },
);
