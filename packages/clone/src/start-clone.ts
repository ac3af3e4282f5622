import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Duplex } from 'node:stream';
import {
  checkOptions,
  durationOption,
  hasErrorCode,
  MappedRamError,
  nameOption,
  objectOption,
  signalOption,
  textOption,
} from '@mapped-ram/format';
import { connectQmp, optional, type QmpClient, shape, text } from '@mapped-ram/qmp';
import { staysStopped, withoutLibvirtsOwn, withoutReplaced } from './own-arguments.js';
import type { Clone } from './prepare-clone.js';

/** The descriptor on which QEMU has its end of the QMP connection. */
const QMP_FD = 3;

/** A QEMU that allocates much memory at its start says nothing before. */
const START_TIMEOUT_MS = 30_000;

/** How long a QEMU that closed the connection, or was told to end, may take to end. */
const LAST_WORDS_MS = 2000;

/** How to start a VM. */
export interface StartOptions {
  /** What QEMU's standard streams are, as for `spawn`; this process's own if not given. */
  readonly stdio?: 'inherit' | 'ignore' | 'pipe';
  readonly env?: NodeJS.ProcessEnv;
  /** Working directory of QEMU. */
  readonly cwd?: string;
  /** Ends QEMU with SIGTERM, whether it is starting or the guest runs. While it is starting, it has two seconds for that. */
  readonly signal?: AbortSignal;
  /** Milliseconds that QEMU may take to speak, and for each answer; 30,000 when not given. */
  readonly timeoutMs?: number | undefined;
}

/** A VM that was started from a snapshot. */
export interface RunningClone {
  readonly process: ChildProcess;
  /** Settles with the exit status when QEMU ends: 128 and the signal's number where a signal ended it. */
  readonly exit: Promise<number>;
  /** A QMP connection of its own. Close it when it is not needed; the VM goes on. */
  readonly qmp: QmpClient;
  /** Milliseconds from `migrate-incoming` until the state was loaded. */
  readonly loadMs: number;
  /** Arguments of the caller's that were left out, since only libvirt can give QEMU what they name. */
  readonly leftOut: readonly string[];
}

/**
 * Starts a VM from a prepared clone and lets it run; with `-S` among the arguments, it stays paused. QMP goes over an inherited
 * socket, so nothing is left on disk.
 *
 * @param command QEMU, and its arguments but those that the clone brings; a memory backend of the same id is left out, and of arguments that
 * libvirt logged, what only libvirt can hand over.
 * @throws MappedRamError `start-failed` with QEMU's words, or the signal's reason; no process is left then.
 */
export async function startClone(
  clone: Clone,
  command: readonly [program: string, ...args: string[]],
  options: StartOptions = {},
): Promise<RunningClone> {
  checkOptions<StartOptions>(options, {
    stdio: textOption(['inherit', 'ignore', 'pipe']),
    env: objectOption,
    cwd: nameOption,
    signal: signalOption,
    timeoutMs: durationOption,
  });
  const [program, ...args] = command;
  const { stdio = 'inherit', signal, timeoutMs = START_TIMEOUT_MS, ...spawnOptions } = options;
  signal?.throwIfAborted();
  const ids = new Set(clone.mappedBlocks.map((idstr) => idstr.replace(/^\/objects\//, '')));
  const qmpArgs = ['-chardev', `socket,id=mapped-ram-clone,fd=${QMP_FD}`, '-qmp', 'chardev:mapped-ram-clone'];
  const { kept, leftOut } = withoutLibvirtsOwn(args);
  const child = spawn(program, [...withoutReplaced(kept, ids), ...clone.qemuArgs, ...qmpArgs], {
    ...spawnOptions,
    stdio: [stdio, stdio, stdio, 'pipe'] satisfies StdioOptions,
  });
  const exit = exitOf(child);
  exit.catch(() => {});
  const ending = endAtAbort(child, exit, signal);
  try {
    const limits = { timeoutMs, answerTimeoutMs: timeoutMs, signal };
    const qmp = await connectQmp(child.stdio[QMP_FD] as Duplex, limits);
    const loadMs = await load(qmp, clone);
    if (!staysStopped(kept)) await qmp.execute('cont');
    signal?.throwIfAborted();
    ending.started();
    return { process: child, exit, qmp, loadMs, leftOut };
  } catch (cause) {
    const what = await reasonOf(cause, child, exit);
    signal?.throwIfAborted();
    throw new MappedRamError('start-failed', { what, cause });
  }
}

/** Listens from the moment that there is a process: a signal that comes while it is starting must not be lost. */
function endAtAbort(
  child: ChildProcess,
  exit: Promise<number>,
  signal: AbortSignal | undefined,
): { started(): void } {
  let isStarting = true;
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    child.kill('SIGTERM');
    if (isStarting) timer = setTimeout(() => child.kill('SIGKILL'), LAST_WORDS_MS);
  };
  const forget = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  exit.then(forget, forget);
  return {
    started() {
      isStarting = false;
    },
  };
}

/** Why there is no VM. Nothing of it is left afterwards. */
async function reasonOf(cause: unknown, child: ChildProcess, exit: Promise<number>): Promise<string> {
  const hasClosed = hasErrorCode(cause, 'qmp-closed');
  // One that hung up is about to end, and its status is worth knowing.
  const timer = setTimeout(() => child.kill('SIGKILL'), hasClosed ? LAST_WORDS_MS : 0);
  try {
    const status = await exit;
    return hasClosed
      ? `QEMU ended with status ${status} before the VM was ready`
      : `QEMU did not load the state: ${(cause as Error).message}`;
  } catch (error) {
    return `${child.spawnfile} cannot be started: ${(error as Error).message}`;
  } finally {
    clearTimeout(timer);
  }
}

async function load(qmp: QmpClient, { capabilities, incomingUri }: Clone): Promise<number> {
  const states = Object.entries({ ...capabilities, events: true });
  await qmp.execute('migrate-set-capabilities', {
    capabilities: states.map(([capability, state]) => ({ capability, state })),
  });
  let status = '';
  const ended = qmp.waitForEvent('MIGRATION', ({ data }) => {
    status = migrationEvent(data, 'MIGRATION').status;
    return ['completed', 'failed'].includes(status);
  });
  ended.catch(() => {});
  const started = performance.now();
  await qmp.execute('migrate-incoming', { uri: incomingUri, ...staysOnError(qmp) });
  await ended;
  const loadMs = performance.now() - started;
  if (status === 'completed') return loadMs;
  const { 'error-desc': reason = status } = await qmp.execute(
    'query-migrate',
    {},
    { result: migrationError },
  );
  throw new MappedRamError('migration-failed', { what: reason });
}

const migrationEvent = shape({ status: text });
const migrationError = shape({ 'error-desc': optional(text) });

/** Without this, QEMU ends at an error and its reason is only on its standard error. 9.0 does not know it. */
function staysOnError({ greeting: { version } }: QmpClient): { 'exit-on-error'?: false } {
  return version.major > 9 || version.minor > 0 ? { 'exit-on-error': false } : {};
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
}
