import { type LintOptions, lintSource } from '@mapped-ram/lint';
import { mayBeSealed } from '@mapped-ram/pack/file';
import type { ByteSource } from '@mapped-ram/reader';
import type { OpenSource } from '@mapped-ram/reader/file';
import { toFileFault } from '../shared/file-fault.js';
import { sourceOpener } from '../shared/open-source.js';
import type { DeepRunThreads } from './deep-run-threads.js';
import type { FileResult } from './file-result.js';

/**
 * Opens, checks and closes one file. A file that cannot be read is a result too.
 *
 * @param scanners In a deep run.
 * @param openSource How it is opened, where it may lie in a container.
 * @throws The signal's reason, when aborted; nothing else.
 */
export async function lintFile(
  path: string,
  options: LintOptions,
  scanners?: DeepRunThreads,
  openSource: OpenSource = sourceOpener(undefined),
): Promise<FileResult> {
  let source: ByteSource | undefined;
  try {
    source = (await openSource(path)).source;
    const scanner = await scanners?.start(path);
    const { signal, deep, onProgress } = options;
    const withScanner = {
      ...options,
      ...(scanner !== undefined && { scanner, onScanned: () => void scanner.close() }),
    };
    if (!mayBeSealed(path, source)) return await lintSource(source, withScanner);
    const { SealedReading } = await import('./sealed.js');
    const sealed = new SealedReading(path, source, { signal, contents: deep });
    return await lintSource(sealed.source, { ...withScanner, seal: () => sealed.finish(onProgress) });
  } catch (error) {
    options.signal?.throwIfAborted();
    return { path, error: toFileFault(error) };
  } finally {
    await scanners?.close();
    await source?.close();
  }
}
