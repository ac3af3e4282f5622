import { describeDestination, type FitOptions, type FitReport, fitSnapshot } from '@mapped-ram/fit';
import { type QmpClient, QmpError } from '@mapped-ram/qmp';
import { openFileSource } from '@mapped-ram/reader/file';

/**
 * How a file fits a QEMU that waits for a guest.
 *
 * @param options where its stream starts, and what was recorded of its machine
 * @returns undefined where QEMU does not tell, such as where it runs for another user than this process
 * @throws MappedRamError `read-failed`, `qmp-timeout`, `qmp-closed`; the signal's reason
 */
export async function fitFile(
  qmp: QmpClient,
  path: string,
  options: Pick<FitOptions, 'streamOffset' | 'record' | 'signal'>,
): Promise<FitReport | undefined> {
  const source = await openFileSource(path);
  try {
    return await fitSnapshot(source, await describeDestination(qmp), options);
  } catch (error) {
    if (error instanceof QmpError) return undefined;
    throw error;
  } finally {
    await source.close();
  }
}
