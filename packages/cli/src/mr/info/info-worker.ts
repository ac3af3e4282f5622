/** A thread that tells what is in one file after another. */
import { serveFiles } from '../../shared/many/serve-files.js';
import { sourceOpener } from '../../shared/open-source.js';
import { type DescribeOptions, describeFile, type InfoResult } from './describe-file.js';

/** What every thread is told once. */
export interface InfoWorkerSetup {
  readonly options: Omit<DescribeOptions, 'openSource'>;
  /** Which internal snapshot of a disk image is meant. */
  readonly snapshot: string | undefined;
}

serveFiles<InfoWorkerSetup, InfoResult>(({ options, snapshot }) => {
  const openSource = sourceOpener(snapshot, { blocking: true });
  return (path, signal) => describeFile(path, { ...options, openSource }, { program: 'mr info', signal });
});
