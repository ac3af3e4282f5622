import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { type Artefact, generateArtefacts } from './artefacts.js';
import { repositoryRoot } from './grammar.js';

const usage = `usage: node tools/generate/dist/main.js [--check]

Generates the parsers from spec/*.ksy and the zero-page scanner from its text form.
--check writes nothing and fails when a generated file is out of date.`;

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--check');
  if (unknown !== undefined) {
    console.error(usage);
    return 2;
  }
  const stale = await findStale(await generateArtefacts());
  const isCheck = args.includes('--check');
  for (const { path, content } of stale) {
    if (!isCheck) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content);
    }
    console.log(`${isCheck ? 'out of date' : 'written'}: ${relative(repositoryRoot, path)}`);
  }
  return isCheck && stale.length > 0 ? 1 : 0;
}

async function findStale(artefacts: readonly Artefact[]): Promise<Artefact[]> {
  const stale: Artefact[] = [];
  for (const artefact of artefacts) {
    const present = await readFile(artefact.path, 'utf8').catch(() => undefined);
    if (present !== artefact.content) stale.push(artefact);
  }
  return stale;
}

process.exitCode = await main(process.argv.slice(2));
