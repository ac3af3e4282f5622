import { connectQmp, type QmpClient } from '@mapped-ram/qmp';
import type { CommandLine } from '../../shared/command-line.js';
import type { OptionSpec } from '../../shared/option-spec.js';
import { lastValue } from '../../shared/option-values.js';
import { UsageError } from '../../shared/usage-error.js';

/** `--qmp`, and how long to wait there */
export const qmpOptions: readonly OptionSpec[] = [
  {
    name: 'qmp',
    value: 'SOCKET',
    help: 'The unix socket of QMP, as QEMU was told with -qmp unix:SOCKET,server=on,wait=off.',
  },
  {
    name: 'qmp-timeout',
    value: 'SECONDS',
    help:
      'How long QEMU may take to greet, and to answer before anything is changed; 5 by default. A save or restore that has begun may take ' +
      'as long as it wants.',
  },
];

const TIMEOUT_SECONDS = 5;

/** Where QEMU is, and how long it may take. */
export interface QmpSocket {
  readonly path: string;
  readonly timeoutMs: number;
}

/** What {@link qmpOptions} say; undefined without `--qmp`. @throws UsageError */
export function qmpSocketOf(line: CommandLine): QmpSocket | undefined {
  const path = lastValue(line, 'qmp');
  const timeoutMs = qmpTimeoutMs(line) ?? TIMEOUT_SECONDS * 1000;
  return path === undefined ? undefined : { path, timeoutMs };
}

/** Milliseconds that `--qmp-timeout` gives. @throws UsageError */
export function qmpTimeoutMs(line: CommandLine): number | undefined {
  const value = lastValue(line, 'qmp-timeout');
  if (value === undefined) return undefined;
  const seconds = /^\d{1,6}(?:\.\d{1,3})?$/.test(value) ? Number(value) : 0;
  if (seconds <= 0)
    throw new UsageError(`--qmp-timeout cannot be ${JSON.stringify(value)}: give seconds, such as 5 or 0.5`);
  return Math.ceil(seconds * 1000);
}

/** What `--qmp` and the one FILE say. @throws UsageError where one is missing */
export function socketAndFile(line: CommandLine): { socket: QmpSocket; path: string } {
  const socket = qmpSocketOf(line);
  const [path, ...others] = line.paths;
  if (path === undefined) throw new UsageError('no file given');
  if (others.length > 0) throw new UsageError(`one file is needed, and ${line.paths.length} were given`);
  if (socket === undefined) throw new UsageError('--qmp is needed: the socket of the QEMU');
  return { socket, path };
}

/**
 * Works with a running QEMU, and closes the connection whatever happens.
 *
 * @throws as `connectQmp`; what `use` throws
 */
export async function withQmp<T>(
  { path, timeoutMs }: QmpSocket,
  use: (qmp: QmpClient) => Promise<T>,
): Promise<T> {
  const qmp = await connectQmp(path, { timeoutMs, answerTimeoutMs: timeoutMs });
  try {
    return await use(qmp);
  } finally {
    qmp.close();
  }
}
