/** A thread that tells what is in one file after another. */
import { serveFiles } from '../../shared/many/serve-files.js';
import { sourceOpener } from '../../shared/open-source.js';
import { type DescribeOptions, describeFile, type FileInfo } from './describe-file.js';

/** What every thread is told once. */
export interface InfoWorkerSetup {
  readonly options: Omit<DescribeOptions, 'openSource'>;
  /** Which internal snapshot of a disk image is meant. */
  readonly snapshot: string | undefined;
}

/** What came of a file, and what was said of it meanwhile. */
export interface InfoResult {
  readonly info: FileInfo;
  readonly said: string;
}

serveFiles<InfoWorkerSetup, InfoResult>(({ options, snapshot }) => {
  const openSource = sourceOpener(snapshot, { blocking: true });
  return async (path, signal) => {
    let said = '';
    const stderr = {
      write(text: string) {
        said += text;
      },
    };
    const terminal = { stdout: { write() {} }, stderr, env: {} };
    const info = await describeFile(
      path,
      { ...options, openSource },
      { program: 'mr info', terminal, signal },
    );
    return { info, said };
  };
});
