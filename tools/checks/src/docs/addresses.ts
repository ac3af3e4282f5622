import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { listPackageFolders } from '../floors/manifests.js';
import { listSourceFiles } from '../floors/source-files.js';
import { CHECKOUT_PATH, listDocuments } from './checkout.js';
import { publishedFolderOf, REPOSITORY } from './repository.js';

/** The repository of a project of this name, whoever has it. */
const MENTION = new RegExp(`https://[\\w.-]+/[\\w.-]+/${REPOSITORY.split('/').at(-1)}\\b`, 'g');

/** Where a published package.json, a document or a source says that the project is elsewhere than the top package.json does, a line each. */
export function staleAddresses(repository = REPOSITORY): string[] {
  const folders = listPackageFolders();
  const texts = [
    ...listDocuments(),
    ...folders.flatMap((folder) => listSourceFiles(folder).map(({ path }) => path)),
  ];
  return [
    ...folders
      .filter((folder) => publishedFolderOf(`${folder}/`) !== undefined)
      .flatMap((folder) => ofManifest(folder, repository)),
    ...texts.flatMap((path) =>
      [...read(path).matchAll(MENTION)]
        .filter(([mention]) => mention !== repository)
        .map(([mention]) => `${path}: ${mention}, and the top package.json says ${repository}`),
    ),
  ];
}

function ofManifest(folder: string, repository: string): string[] {
  const manifest: Record<string, unknown> = JSON.parse(read(join(folder, 'package.json')));
  const wanted = {
    homepage: `${repository}/tree/main/${folder}#readme`,
    repository: { type: 'git', url: `git+${repository}.git`, directory: folder },
    bugs: `${repository}/issues`,
  };
  return Object.entries(wanted)
    .filter(([name, value]) => !isDeepStrictEqual(manifest[name], value))
    .map(([name, value]) => `${folder}/package.json: ${name} is to be ${JSON.stringify(value)}`);
}

function read(path: string): string {
  return readFileSync(join(CHECKOUT_PATH, path), 'utf8');
}
