import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT_PATH } from './checkout.js';

const { repository } = JSON.parse(readFileSync(join(CHECKOUT_PATH, 'package.json'), 'utf8'));

/** Where the project is: the top package.json says it, and everything else has to agree. */
export const REPOSITORY: string = repository.url.replace(/^git\+|\.git$/g, '');

/** Where the project's files are shown. Documents that are published link by it to what is not published with them. */
export const REPOSITORY_FILES = `${REPOSITORY}/blob/main/`;

/** The folder of the published package that a document is in, both as paths below the top. Undefined where it is in none. */
export function publishedFolderOf(document: string): string | undefined {
  return /^(packages\/[^/]+|conformance|fixtures)(?=\/)/.exec(document)?.[0];
}
