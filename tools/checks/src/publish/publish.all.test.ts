import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { loadCapture } from '@mapped-ram/fixtures';
import { findQemu } from '@mapped-ram/tool-qemu';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { browserEntries } from '../browser/browser-entries.js';
import { bundlePage } from '../browser/bundle-page.js';
import { findBrowser } from '../browser/find-browser.js';
import { LOOK, pageScript } from '../browser/look.js';
import { runInBrowser } from '../browser/run-in-browser.js';
import { documentLinks } from '../docs/markdown.js';
import { compile } from './compile.js';
import { attwComplaints, publintComplaints } from './complaints.js';
import { EXAMPLE_TRIALS } from './example-trials.js';
import { copyExamples, exampleRunner, listExamples } from './examples.js';
import { makeProject } from './outside-project.js';
import { type PublishedPackage, pack, publishedPackages } from './packages.js';
import { installRuntimes, type Runtime } from './runtimes.js';

const run = promisify(execFile);

const packages = await publishedPackages();
const room = await mkdtemp(join(tmpdir(), 'mapped-ram-publish-'));
const runtimes = await installRuntimes(room);
const project = join(room, 'project');
const examples = join(room, 'examples');
let tarballs: ReadonlyMap<string, string> = new Map();
const readTarball = async (name: string) => new Uint8Array(await readFile(tarballs.get(name) as string));
const installed = ({ name }: PublishedPackage) => join(project, 'node_modules', name);

beforeAll(async () => {
  tarballs = await pack(packages, room);
  await Promise.all([makeProject(project, tarballs), copyExamples(examples, tarballs)]);
  await (await loadCapture('qemu-10.0/none')).writeTo(join(project, 'none.mr'));
  await compile(examples, '--project', '.');
});

afterAll(() => rm(room, { recursive: true, force: true }));

/** Runs a module in the project. */
async function runModule(
  { command: [file, ...args] }: Pick<Runtime, 'command'>,
  text: string,
): Promise<string> {
  const path = join(project, 'program.mjs');
  await writeFile(path, text);
  return (await run(file, [...args, path], { cwd: project })).stdout;
}

for (const runtime of runtimes) {
  if ('missing' in runtime) {
    test.skip(`${runtime.name} is missing: ${runtime.missing}`);
    continue;
  }
  test(`every entry of every package can be imported by ${runtime.name}`, async () => {
    const entries = packages.flatMap(({ name, entries }) => entries.map((entry) => join(name, entry)));
    const lines = entries.map((entry) =>
      entry.endsWith('.json')
        ? `await import(${JSON.stringify(entry)}, { with: { type: 'json' } });`
        : `if (Object.keys(await import(${JSON.stringify(entry)})).length === 0) throw new Error(${JSON.stringify(entry)});`,
    );
    expect(await runModule(runtime, [...lines, "console.log('all');"].join('\n'))).toBe('all\n');
  });

  test(`${runtime.name} finds in a snapshot what this Node finds`, async () => {
    const program = `
      import { lintSource } from '@mapped-ram/lint';
      import { openSnapshot } from '@mapped-ram/reader';
      import { openFileSource } from '@mapped-ram/reader/file';
      const source = await openFileSource('none.mr');
      const { verdict, findings } = await lintSource(source, { deep: true });
      const snapshot = await openSnapshot(source);
      const blocks = [];
      for (const block of snapshot.ramBlocks) blocks.push([block.idstr, await snapshot.countSetPages(block)]);
      await snapshot.close();
      console.log(JSON.stringify({ verdict, rules: findings.map(({ rule }) => rule), blocks }));`;
    expect(JSON.parse(await runModule(runtime, program))).toEqual({
      verdict: 'restores',
      rules: [],
      blocks: [['ram', 4]],
    });
  });

  for (const { name, version, attempt } of EXAMPLE_TRIALS) {
    const qemu = version === undefined ? undefined : findQemu(version);
    const missing = qemu?.kind === 'missing' ? ` (${qemu.reason})` : '';
    const where = version === undefined ? runtime.name : `${runtime.name} with QEMU ${version}${missing}`;
    test.skipIf(missing !== '')(`the example ${name} does what it says in ${where}`, async () => {
      const folder = await mkdtemp(join(room, 'example-'));
      await attempt(exampleRunner(runtime, examples, name, folder), folder);
    });
  }
}

const browser = findBrowser();
/** Content security policies, and how pages are found under them. */
const POLICIES = [
  { policy: "default-src 'self' 'wasm-unsafe-eval'; connect-src 'self' data:", engine: 'wasm-simd' },
  { policy: "default-src 'self'", engine: 'javascript' },
];
const inBrowser =
  browser.kind === 'found' ? `in ${browser.name}` : `in a browser: missing, ${browser.reason}`;

test.skipIf(browser.kind === 'missing').each(POLICIES)(
  `every entry that needs no Node runs ${inBrowser}, and finds what Node finds, under $policy`,
  async ({ policy, engine }) => {
    if (browser.kind === 'missing') return;
    const capture = await readFile(join(project, 'none.mr'));
    const entries = browserEntries(packages);
    expect(entries).toEqual(
      expect.arrayContaining([
        '@mapped-ram/lint',
        '@mapped-ram/inspect',
        '@mapped-ram/reader/http',
        '@mapped-ram/pack/wasm',
      ]),
    );
    await writeFile(join(project, 'look.mjs'), LOOK);
    await writeFile(join(project, 'page.mjs'), pageScript('/none.mr', entries));
    const script = await bundlePage(join(project, 'page.mjs'), project);
    const site = { script, policy, files: { '/none.mr': capture } };
    const seen = JSON.parse(await runInBrowser(browser, site, await mkdtemp(join(room, 'profile-'))));
    const own = { command: [process.execPath] as const };
    const found = await runModule(
      own,
      "import { readFileSync } from 'node:fs'; import { look } from './look.mjs'; console.log(JSON.stringify(await look(readFileSync('none.mr'))));",
    );
    expect(seen).toEqual({ engine, entries: entries.length, remote: 'restores', found: JSON.parse(found) });
  },
);

test('mr-lint and its threads run from the packed packages on a real capture', async () => {
  const mrLint = join(project, 'node_modules/.bin/mr-lint');
  const { stdout } = await run(mrLint, ['--deep', '--channels', '2', '--format', 'json', 'none.mr'], {
    cwd: project,
  });
  expect(JSON.parse(stdout).files[0].verdict).toBe('restores');
});

test('the command installs nothing that it bundles, and npx finds it by the name of its package', async () => {
  const alone = join(room, 'alone');
  await makeProject(alone, new Map([['@mapped-ram/cli', tarballs.get('@mapped-ram/cli') as string]]));
  expect(await readdir(join(alone, 'node_modules/@mapped-ram'))).toEqual(['cli']);
  await (await loadCapture('qemu-10.0/none')).writeTo(join(alone, 'none.mr'));
  const npx = ['--no-install', '@mapped-ram/cli', '--deep', 'none.mr'];
  expect((await run('npx', npx, { cwd: alone })).stdout).toContain('none.mr: restores');
  const command = (name: string, ...args: string[]) =>
    run(join(alone, 'node_modules/.bin', name), args, { cwd: alone });
  expect((await command('mr', 'info', 'none.mr')).stdout).toContain('none.mr');
  await command('mr', 'pack', 'none.mr', 'none.mr.zst');
  expect((await command('mr-lint', 'none.mr.zst')).stdout).toContain('none.mr.zst: restores');
});

test('the conformance suite runs from the packed packages, and knows its vectors', async () => {
  const suite = join(project, 'node_modules/.bin/mapped-ram-conformance');
  const { stdout } = await run(suite, ['run', '--testee', 'ts', '--run', 'header/*'], { cwd: project });
  expect(stdout).toMatch(/^ts: \d+ passed\n$/);
  const { stdout: made } = await run(suite, ['new-testee', 'mine'], { cwd: project });
  expect(made).toContain('now: npx @mapped-ram/conformance run --testee ./mine');
  await expect(run(suite, ['run', '--testee', 'mine'], { cwd: project })).rejects.toMatchObject({
    stderr: expect.stringContaining('--testee ./mine is the folder here'),
  });
  const mine = run(suite, ['run', '--testee', './mine'], { cwd: project });
  await expect(mine).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/Clauses: [A-Z]+-\d+[\s\S]*passes none of the smoke set/),
  });
  const { stdout: usage } = await run(suite, ['--help'], { cwd: project });
  expect(usage).not.toContain('new-vector');
});

test.each(packages)('publint and attw find nothing wrong in $name', async ({ name }) => {
  const tarball = await readTarball(name);
  expect(await publintComplaints(tarball)).toEqual([]);
  expect(await attwComplaints(tarball)).toEqual([]);
});

test('publint and attw tell of an entry whose types are missing', async () => {
  const whole = await readTarball('@mapped-ram/writer');
  const broken = withText(whole, '"types": "./dist/index.d.ts"', '"types": "./dist/other.d.ts"');
  expect(await publintComplaints(broken)).toEqual([expect.stringContaining('./dist/other.d.ts')]);
  const kinds = (await attwComplaints(broken)).map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['FallbackCondition']));
});

test.each([[], ['--exactOptionalPropertyTypes']])(
  'the types of every entry hold in a strict project that checks its libraries %s',
  async (...options) => {
    const entries = packages.flatMap(({ name, entries }) => entries.map((entry) => join(name, entry)));
    const imports = entries
      .filter((entry) => !entry.endsWith('.json'))
      .map((entry) => `import ${JSON.stringify(entry)};`);
    await writeFile(join(project, 'types.mts'), imports.join('\n'));
    const strict = ['--strict', '--noUncheckedIndexedAccess', '--module', 'nodenext', '--target', 'es2023'];
    await compile(project, 'types.mts', '--noEmit', ...strict, ...options);
  },
);

test.each(packages)(
  '$name says where it comes from, and asks for no place that only the workspace has',
  async (one) => {
    const manifest = JSON.parse(await readFile(join(installed(one), 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({
      license: 'Apache-2.0',
      homepage: expect.stringContaining('#readme'),
      repository: { type: 'git', directory: expect.any(String) },
      bugs: expect.stringMatching(/^https:/),
    });
    expect(manifest).not.toHaveProperty('nx');
    for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
      if (name.startsWith('@mapped-ram/')) expect(range, name).toBe(`^${manifest.version}`);
    }
  },
);

test.each(packages)('every link of the documents in $name leads to what is there', async (one) => {
  const folder = installed(one);
  for (const path of await filesOf(folder, '.md')) {
    for (const { target } of documentLinks(await readFile(path, 'utf8'))) {
      if (/^(#|[a-z]+:)/.test(target)) continue;
      const file = join(dirname(path), target.split('#')[0] as string);
      expect(existsSync(file), `${path.slice(folder.length)}: ${target}`).toBe(true);
    }
  }
});

test.each(packages)('the source maps of $name have their sources', async (one) => {
  for (const path of await filesOf(installed(one), '.map')) {
    const { sources, sourcesContent = [] } = JSON.parse(await readFile(path, 'utf8'));
    expect(sourcesContent, path).toHaveLength(sources.length);
  }
});

test('every example is tried', async () => {
  expect(new Set(EXAMPLE_TRIALS.map(({ name }) => name))).toEqual(new Set(await listExamples()));
});

test('the pages of the rules come with the linter', async () => {
  const folder = join(project, 'node_modules/@mapped-ram/lint');
  const links = documentLinks(await readFile(join(folder, 'RULES.md'), 'utf8'));
  expect(links.length).toBeGreaterThan(70);
});

/** The tarball, with one text in it replaced by another of the same length: nothing in a tarball sums up what is in its files. */
function withText(tarball: Uint8Array, text: string, other: string): Uint8Array<ArrayBuffer> {
  const bytes = gunzipSync(tarball);
  bytes.write(other, bytes.indexOf(text));
  return new Uint8Array(gzipSync(bytes));
}

/** Every file below the folder whose name ends so, but for those of what it needs. */
async function filesOf(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith(ending) && !name.startsWith('node_modules'))
    .map((name) => join(folder, name));
}
