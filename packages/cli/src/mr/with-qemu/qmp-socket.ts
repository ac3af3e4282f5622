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
      'How long QEMU may take to greet, and for each answer before anything is changed; 4 by default. The pages may take as long as they ' +
      'want.',
  },
];

/** `--answer-timeout`, of the commands that change something */
export const answerTimeoutOption: OptionSpec = {
  name: 'answer-timeout',
  value: 'SECONDS',
  help: 'How long QEMU may take for each answer once something is changed: to stop the guest takes as long as its disks do. 300 by default.',
};

/** So that a command at a silent socket ends within five seconds. */
const TIMEOUT_SECONDS = 4;

/** Where QEMU is, and how long it may take. */
export interface QmpSocket {
  readonly path: string;
  readonly timeoutMs: number;
}

/** What {@link qmpOptions} say; undefined without `--qmp`. @throws UsageError */
export function qmpSocketOf(line: CommandLine): QmpSocket | undefined {
  const path = lastValue(line, 'qmp');
  const timeoutMs = secondsOf(line, 'qmp-timeout') ?? TIMEOUT_SECONDS * 1000;
  return path === undefined ? undefined : { path, timeoutMs };
}

/** Milliseconds that an option gives in seconds. @throws UsageError */
export function secondsOf(line: CommandLine, option: 'qmp-timeout' | 'answer-timeout'): number | undefined {
  const value = lastValue(line, option);
  if (value === undefined) return undefined;
  const seconds = /^\d{1,6}(?:\.\d{1,3})?$/.test(value) ? Number(value) : 0;
  if (seconds <= 0)
    throw new UsageError(`--${option} cannot be ${JSON.stringify(value)}: give seconds, such as 5 or 0.5`);
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
 * @param signal ends the connecting
 * @throws as `connectQmp`; what `use` throws
 */
export async function withQmp<T>(
  { path, timeoutMs }: QmpSocket,
  signal: AbortSignal,
  use: (qmp: QmpClient) => Promise<T>,
): Promise<T> {
  const qmp = await connectQmp(path, { timeoutMs, answerTimeoutMs: timeoutMs, signal });
  try {
    return await use(qmp);
  } finally {
    qmp.close();
  }
}
