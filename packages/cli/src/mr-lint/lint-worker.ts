/** A thread that checks one file after another. */
import type { LintOptions } from '@mapped-ram/lint';
import { serveFiles } from '../shared/many/serve-files.js';
import { sourceOpener } from '../shared/open-source.js';
import type { FileResult } from './file-result.js';
import { lintFile } from './lint-file.js';

/** What every thread is told once. */
export interface LintWorkerSetup {
  readonly options: LintOptions;
  readonly snapshot: string | undefined;
}

serveFiles<LintWorkerSetup, FileResult>(({ options, snapshot }) => {
  const openSource = sourceOpener(snapshot, { blocking: true });
  return (path, signal) => lintFile(path, { ...options, signal }, undefined, openSource);
});
