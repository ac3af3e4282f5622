import { MappedRamError } from '@mapped-ram/format';
import { connectQmp, type QmpClient, QmpClosedError, QmpTimeoutError } from '@mapped-ram/qmp';
import type { CommandLine } from '../../shared/command-line.js';
import type { OptionSpec } from '../../shared/option-spec.js';
import { UsageError } from '../../shared/usage-error.js';
import { FileError } from '../file-error.js';
import { lastValue } from '../file-options.js';

/** `--qmp` */
export const qmpOption: OptionSpec = {
  name: 'qmp',
  value: 'SOCKET',
  help: 'The unix socket of QMP, as QEMU was told with -qmp unix:SOCKET,server=on,wait=off.',
};

/** What `--qmp` and the one FILE say. @throws UsageError where one is missing */
export function socketAndFile(line: CommandLine): { socket: string; path: string } {
  const socket = lastValue(line, 'qmp');
  const [path, ...others] = line.paths;
  if (path === undefined) throw new UsageError('no file given');
  if (others.length > 0) throw new UsageError(`one file is needed, and ${line.paths.length} were given`);
  if (socket === undefined) throw new UsageError('--qmp is needed: the socket of the QEMU');
  return { socket, path };
}

/**
 * Works with a running QEMU, and closes the connection whatever happens.
 *
 * @throws FileError where there is no connection; what `use` throws
 */
export async function withQmp<T>(socket: string, use: (qmp: QmpClient) => Promise<T>): Promise<T> {
  const qmp = await connectQmp(socket).catch((error) => {
    throw new FileError(socket, connectFault(error));
  });
  try {
    return await use(qmp);
  } finally {
    qmp.close();
  }
}

function connectFault(error: unknown): unknown {
  if (error instanceof QmpClosedError) return new MappedRamError('read-failed', { cause: error.cause });
  if (!(error instanceof QmpTimeoutError)) return error;
  const what = 'QEMU does not answer there; it serves one client at a time, so another may be connected';
  return new MappedRamError('read-failed', { what, cause: error });
}
