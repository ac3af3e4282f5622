/** Where the project's files are shown. Documents that are published link by it to what is not published with them. */
export const REPOSITORY_FILES = 'https://github.com/mapped-ram/mapped-ram/blob/main/';

/** The folder of the published package that a document is in, both as paths below the top. Undefined where it is in none. */
export function publishedFolderOf(document: string): string | undefined {
  return /^(packages\/[^/]+|conformance|fixtures)(?=\/)/.exec(document)?.[0];
}
