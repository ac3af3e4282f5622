import type { FileReport } from '@mapped-ram/lint';
import type { FileFault } from '../shared/file-fault.js';

/** A file that could not be read: nothing is known about its contents. */
export interface UnusableFile {
  readonly path: string;
  readonly error: FileFault;
}

/** What a run has to say about one file. */
export type FileResult = FileReport | UnusableFile;

/** Whether the file could be looked at. */
export function isReport(result: FileResult): result is FileReport {
  return !('error' in result);
}
