import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { allOrFew, loadCapture, onlyInAll } from '@mapped-ram/fixtures';
import { afterAll, describe, expect, it } from 'vitest';
import { compileGrammar } from './grammar.js';
import { lowerCamelCase } from './names.js';
import { hasPythonRuntime, PYTHON_SITE_PATH, type PythonRuntime, runPython } from './python-runtimes.js';

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

const parseElementsInPython = `
import json, sys
import mapped_ram
capture = open(sys.argv[1], 'rb').read()
def parse(type, offset, fields):
  element = getattr(mapped_ram, 'mapped_ram__' + type).parse(capture[offset:])
  return [element[field] for field in fields]
print(json.dumps([parse(*element) for element in json.loads(sys.argv[2])]))
`;

const folder = mkdtempSync(join(tmpdir(), 'mapped-ram-stock-'));
afterAll(() => rmSync(folder, { recursive: true }));

const wholeCapture = async (id: string) => {
  const image = await loadCapture(id);
  return image.bytes(0, image.sizeBytes);
};

async function openInJavascript(bytes: Uint8Array): Promise<Untyped> {
  const require = createRequire(import.meta.url);
  const { 'MappedRam.js': code = '' } = await compileGrammar('mapped_ram', 'javascript');
  const exports: Record<string, Untyped> = {};
  compileFunction(code, ['exports', 'require'])(exports, require);
  const StockStream: Untyped = require('kaitai-struct/KaitaiStream');
  return new exports.MappedRam(new StockStream(new DataView(bytes.slice().buffer)));
}

async function summarizeInJavascript(bytes: Uint8Array): Promise<Summary> {
  const stream = await openInJavascript(bytes);
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

/** Defines a test that is skipped where python3 lacks a runtime, which the title then names. */
function itWithRuntime(runtime: PythonRuntime): (title: string, run: () => Promise<void>) => void {
  if (hasPythonRuntime(runtime)) return it;
  const missing = `missing tool: python3 with ${runtime}; node tools/generate/dist/bin/install-runtimes.js fetches it`;
  console.warn(`skipped, ${missing}`);
  return (title, run) => it.skip(`${title} (${missing})`, run);
}

const itWithKaitai = itWithRuntime('kaitaistruct');
const itWithConstruct = itWithRuntime('construct');

/** Runs a program that can import the parser for a Kaitai target. @returns what it prints */
async function runWithParser(
  target: 'python' | 'construct',
  program: string,
  ...args: string[]
): Promise<string> {
  const parser = join(folder, target);
  mkdirSync(parser, { recursive: true });
  for (const [name, code] of Object.entries(await compileGrammar('mapped_ram', target))) {
    writeFileSync(join(parser, name), code);
  }
  return runPython([parser, PYTHON_SITE_PATH], program, ...args);
}

describe.each(allOrFew(captures, captures.slice(0, 1)))('the capture %s', (id) => {
  it("opens whole in Kaitai's JavaScript runtime", async () => {
    const summary = await summarizeInJavascript(await wholeCapture(id));
    // What the vmdescription lists is what has to be found: the sections that are not iterable, in their order.
    expect(summary.sections).toEqual(['ram', ...summary.devices]);
    expect(summary.blocks.length).toBeGreaterThan(0);
  });

  onlyInAll(itWithKaitai)("opens whole in Kaitai's Python runtime, to the same", async () => {
    const bytes = await wholeCapture(id);
    writeFileSync(join(folder, 'capture.mr'), bytes);
    const output = await runWithParser('python', summarizeInPython, join(folder, 'capture.mr'));
    expect(JSON.parse(output)).toEqual(await summarizeInJavascript(bytes));
  });
});

onlyInAll(itWithConstruct)('has elements that construct parses, to the same', async () => {
  const bytes = await wholeCapture('qemu-10.0/microvm');
  writeFileSync(join(folder, 'capture.mr'), bytes);
  const stream = await openInJavascript(bytes);
  const { records } = stream;
  const configuration = records.find((record: Untyped) => record.configuration);
  const ram = records.find((record: Untyped) => record.isRam);
  const block = ram.ramBody.items[0].blockTable.blocks[0];
  const elements: [type: string, byteOffset: number, parsed: Untyped, fields: string[]][] = [
    ['stream_header', 0, { magic: 0x5145564d, version: stream.version }, ['magic', 'version']],
    ['configuration_header', configuration.ofsStart + 1, configuration.configuration.header, ['machine']],
    ['opening_section_header', ram.ofsStart + 1, ram.opening, ['section_id', 'idstr', 'version_id']],
    [
      'mapped_ram_header',
      block.ofsStart + 9 + block.entry.lenIdstr,
      block.header,
      ['version', 'len_page', 'ofs_bitmap', 'ofs_pages'],
    ],
  ];
  const wanted = elements.map(([type, byteOffset, , fields]) => [type, byteOffset, fields]);
  const output = await runWithParser(
    'construct',
    parseElementsInPython,
    join(folder, 'capture.mr'),
    JSON.stringify(wanted),
  );
  const expected = elements.map(([, , parsed, fields]) =>
    fields.map((field) => parsed[lowerCamelCase(field)]),
  );
  expect(expected.flat()).not.toContain(undefined);
  expect(JSON.parse(output)).toEqual(expected);
});
