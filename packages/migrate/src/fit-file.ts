import { describeDestination, type FitReport, fitSnapshot } from '@mapped-ram/fit';
import { type QmpClient, QmpError } from '@mapped-ram/qmp';
import { openFileSource } from '@mapped-ram/reader/file';

/**
 * How a file fits a QEMU that waits for a guest.
 *
 * @returns undefined where QEMU does not tell, such as where it runs for another user than this process
 * @throws MappedRamError `read-failed`, `qmp-timeout`, `qmp-closed`; the signal's reason
 */
export async function fitFile(
  qmp: QmpClient,
  path: string,
  streamOffset: number,
  signal?: AbortSignal,
): Promise<FitReport | undefined> {
  const source = await openFileSource(path);
  try {
    return await fitSnapshot(source, await describeDestination(qmp), { streamOffset, signal });
  } catch (error) {
    if (error instanceof QmpError) return undefined;
    throw error;
  } finally {
    await source.close();
  }
}
