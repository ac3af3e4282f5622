import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { allOrOneIn, loadCapture, onlyInAll, scratchParent } from '@mapped-ram/fixtures';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { main as mr } from './mr/main.js';
import { main as mrLint } from './mr-lint/main.js';
import { printable } from './shared/printable.js';
import { LANGUAGES } from './testing/hostile-orders.js';
import { harmlessTexts, type SnapshotTexts, writeHostileSnapshot } from './testing/hostile-snapshot.js';
import { memoryTerminal } from './testing/memory-terminal.js';
import { sarifErrors } from './testing/sarif-schema.js';

/** The file that can be refused for one text would hide what becomes of the others. */
const CASES: readonly (readonly (keyof SnapshotTexts)[])[] = [
  ['machine'],
  ['capability', 'block', 'section', 'description', 'subsection', 'value'],
];

let parent: string;
let folder: string;
beforeAll(async () => {
  parent = mkdtempSync(join(scratchParent, 'hostile-texts-'));
  folder = join(parent, 'inner/most');
  mkdirSync(folder, { recursive: true });
  await writeHostileSnapshot(join(folder, 'harmless.mr'), harmlessTexts);
});
afterEach(() => {
  for (const name of readdirSync(folder)) if (name !== 'harmless.mr') rmSync(at(name), { recursive: true });
});
afterAll(() => rmSync(parent, { recursive: true }));

const at = (name: string) => join(folder, name);

async function run(program: typeof mr, ...argv: string[]) {
  const terminal = memoryTerminal({ columns: 100 });
  const status = await program(argv, terminal, new AbortController().signal);
  const { out, err } = terminal;
  expect([0, 1, 2], err).toContain(status);
  // What `printable` leaves as it is has nothing in it that a terminal acts on.
  for (const line of (out + err).split('\n')) expect(line).toBe(printable(line));
  expect(err).not.toContain('a fault of');
  return { status, out, err };
}

async function json(program: typeof mr, ...argv: string[]) {
  const { out } = await run(program, ...argv, '--format', 'json');
  if (out !== '') expect(JSON.parse(out)).not.toHaveProperty('owned');
}

/** Puts a file through every command that needs no QEMU. */
async function everyCommand(path: string, { block, section }: SnapshotTexts): Promise<void> {
  for (const options of [[], ['--deep'], ['--quiet']]) await run(mrLint, ...options, path);
  await json(mrLint, '--deep', path);
  expect(sarifErrors(JSON.parse((await run(mrLint, '--format', 'sarif', path)).out))).toEqual([]);
  const annotations = (await run(mrLint, '--format', 'github', path)).out.trimEnd().split('\n');
  for (const line of annotations)
    expect(line).toMatch(/^(::(error|warning|notice) file=[^:]*,title=mr-lint |mr-lint: )/);

  for (const command of ['info', 'devices']) {
    await run(mr, command, path);
    await json(mr, command, path);
  }
  await run(mr, 'info', '--deep', path);
  for (const options of [['--list'], ['--registers'], [section], [section, '--full']]) {
    await run(mr, 'devices', path, ...options);
  }
  await run(mr, 'devices', path, section, '--dump', at('out.dump'));
  await run(mr, 'map', path);
  await run(mr, 'map', path, '-o', at('out.png'));
  await run(mr, 'map', path, '-o', at('out.svg'));
  if (readdirSync(folder).includes('out.svg')) {
    const tags = readFileSync(at('out.svg'), 'utf8').match(/<\/?\w+/g) ?? [];
    expect(new Set(tags.map((tag) => tag.replace(/^<\/?/, '')))).toEqual(
      new Set(['svg', 'title', 'rect', 'text']),
    );
  }
  for (const pair of [
    [path, at('harmless.mr')],
    [at('harmless.mr'), path],
  ]) {
    await run(mr, 'diff', ...pair);
    await json(mr, 'diff', ...pair);
  }
  await run(mr, 'extract', '--block', block.replaceAll('\0', ' '), path, '-o', at('out.raw'));
  await run(mr, 'extract', '--show-map', path);
  await run(mr, 'extract', '--elf', path, '-o', at('out.core'));
  for (const [command, ...options] of [
    ['copy'],
    ['scrub'],
    ['relocate', '--offset', '4k'],
    ['convert', '--to', 'stream'],
    ['repair'],
  ] as const) {
    await run(mr, command, ...options, path, at(`out.${command}`));
    await json(mr, command, ...options, '--force', path, at(`out.${command}`));
  }
  await run(mr, 'preflight', 'restore', path);
  await json(mr, 'preflight', 'restore', path);
  await clone(path);
}

async function clone(path: string): Promise<void> {
  const { status, out } = await run(mr, 'clone', path, '-o', at('out.clone'));
  if (status !== 0) return;
  const { qemuArgs } = JSON.parse(readFileSync(at('out.clone/clone.json'), 'utf8'));
  expect(qemuArgs.filter((arg: string) => arg.startsWith('-'))).toEqual(
    ['-machine', '-object', '-incoming'].filter((option) => qemuArgs.includes(option)),
  );
  const machine: string = qemuArgs[qemuArgs.indexOf('-machine') + 1];
  expect(machine).toMatch(/^[A-Za-z0-9._-]+(,memory-backend=[A-Za-z0-9._-]+)?$/);
  // A shell makes of what is printed the very arguments that are meant.
  const lines = out.split('\n').filter((line) => line.startsWith('  -'));
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${lines.join('\n')}`], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(words.trimEnd().split('\n')).toEqual(qemuArgs);
}

/** Nothing but what was asked for came into being. */
function expectOnlyOutputs(): void {
  expect(readdirSync(parent)).toEqual(['inner']);
  expect(readdirSync(join(parent, 'inner'))).toEqual(['most']);
  for (const name of readdirSync(folder)) expect(name).toMatch(/^(harmless|hostile)\.mr$|^out\.\w+$/);
}

const ORDERS = Object.entries(LANGUAGES).flatMap(([language, order]) =>
  CASES.map((places) => ({ language, order, places })),
);

it.each(allOrOneIn(13, ORDERS))(
  'orders in the language of $language are none as $places, in every command',
  async ({ order, places }) => {
    const texts = { ...harmlessTexts, ...Object.fromEntries(places.map((place) => [place, order])) };
    await writeHostileSnapshot(at('hostile.mr'), texts);
    await everyCommand(at('hostile.mr'), texts);
    if (places.includes('machine')) {
      expect((await run(mr, 'clone', at('hostile.mr'), '-o', at('out.clone'))).status).toBe(1);
    }
    expectOnlyOutputs();
  },
);

onlyInAll(it)('orders in the XML of libvirt are none, in every command', async () => {
  const image = await loadCapture('libvirt-11.3/save-sparse');
  const orders = Object.values(LANGUAGES).join('');
  await image.patch(120, Buffer.from(orders, 'latin1')).writeTo(at('hostile.mr'));
  await everyCommand(at('hostile.mr'), harmlessTexts);
  expectOnlyOutputs();
});

it('what is harmless goes through every command', async () => {
  await everyCommand(at('harmless.mr'), harmlessTexts);
  expect(readdirSync(folder)).toEqual(
    expect.arrayContaining(['out.clone', 'out.copy', 'out.raw', 'out.svg']),
  );
  expectOnlyOutputs();
});
