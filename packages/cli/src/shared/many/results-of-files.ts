import { formatCount } from '../quantities.js';
import type { Terminal } from '../terminal.js';
import type { ThreadPool, WorkHere } from '../thread-pool.js';
import { FilesProgress } from './files-progress.js';

/** Told how far the work on a file is. */
export type OnFileProgress = (doneBytes: number, totalBytes: number) => void;

/** Work on the files that a command line names. */
interface FilesWork<Result> {
  /** `mr info`: what messages begin with. */
  readonly program: string;
  readonly paths: readonly string[];
  /** Go into folders. */
  readonly recursive: boolean;
  /** Files that are worked on at a time. */
  readonly jobs: number;
  /** Works on one in this thread. Throws the signal's reason, when aborted. */
  work(path: string, signal: AbortSignal, onProgress: OnFileProgress): Promise<Result>;
  /** Starts so many threads beside this one, in which `workHere` works on files too. */
  startPool(count: number, workHere: WorkHere<string, Result>): Promise<ThreadPool<string, Result>>;
}

/**
 * What comes of the files, in their order, whatever `jobs` is. With a line that tells how far the work is, if standard error is a terminal;
 * and what was passed over in folders is said there in the end.
 *
 * @throws The signal's reason, when aborted; what `work` throws; an error of Node's `fs` where a folder cannot be read.
 */
export async function* resultsOfFiles<Result>(
  files: FilesWork<Result>,
  { stderr }: Terminal,
  signal: AbortSignal,
): AsyncGenerator<Result, void, undefined> {
  const { program, paths, recursive } = files;
  let passedOver = 0;
  let meant = recursive ? filesIn(paths, () => passedOver++) : named(paths);
  let progress: FilesProgress | undefined;
  if (stderr.isTTY === true) {
    const known: string[] = [];
    for await (const path of meant) known.push(path);
    progress = new FilesProgress(stderr, program, known);
    meant = named(known);
  }
  try {
    for await (const result of workOn(meant, files, signal, progress)) {
      progress?.clear();
      yield result;
      progress?.next();
    }
  } finally {
    progress?.clear();
  }
  if (passedOver > 0) stderr.write(`${program}: ${formatCount(passedOver, 'other file')} passed over\n`);
}

async function* workOn<Result>(
  paths: AsyncIterable<string>,
  { jobs, work, startPool }: FilesWork<Result>,
  signal: AbortSignal,
  progress: FilesProgress | undefined,
): AsyncGenerator<Result, void, undefined> {
  if (jobs > 1) {
    const pool = await startPool(jobs - 1, (path, ending) => work(path, ending, () => {}));
    try {
      yield* pool.results(paths, signal);
    } finally {
      await pool.close();
    }
    return;
  }
  for await (const path of paths) {
    yield await work(path, signal, (doneBytes, totalBytes) => progress?.within(doneBytes, totalBytes));
  }
}

async function* named(paths: readonly string[]): AsyncGenerator<string, void, undefined> {
  yield* paths;
}

async function* filesIn(
  paths: readonly string[],
  onPassedOver: () => void,
): AsyncGenerator<string, void, undefined> {
  const { findFiles } = await import('./find-files.js');
  yield* findFiles(paths, onPassedOver);
}
