import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectQmp, MappedRamError, type QmpClient } from '@mapped-ram/qmp';

/** A QEMU that was started to be asked, and waits for a guest. */
export interface StartedDestination {
  readonly qmp: QmpClient;
  /** Ends it and removes what was made for it. */
  end(): Promise<void>;
}

/** Options that would have QEMU leave us, or wait for something else than we do. */
const NOT_OURS = new Set(['-incoming', '-loadvm']);
const MAX_WORDS = 64 * 1024;

/**
 * Starts a QEMU that stands still and waits for a guest (`-S -incoming defer`): its disks are opened and not activated, so that
 * nothing is read of them but their headers, and nothing written; its network is set up as its arguments say, and no packet comes of it, since
 * no guest runs. It ends with `end`, or with this process.
 *
 * @param command Program and arguments; `-incoming` and `-loadvm` in them are left out.
 * @throws MappedRamError `start-failed`, with QEMU's words; the signal's reason
 */
export async function startDestination(
  command: readonly [program: string, ...args: string[]],
  signal?: AbortSignal,
): Promise<StartedDestination> {
  signal?.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), 'mr-fit-'));
  const server = createServer();
  try {
    const socketPath = join(folder, 'qmp');
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, resolve);
    });
    const [program, ...args] = command;
    const own = ['-S', '-incoming', 'defer', '-display', 'none', '-qmp', `unix:${escapeValue(socketPath)}`];
    const child = spawn(program, [...withoutIncoming(args), ...own], { stdio: ['ignore', 'ignore', 'pipe'] });
    const qmp = await connect(child, server, signal);
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
    return {
      qmp,
      async end() {
        qmp.close();
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await gone;
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    server.close();
  }
}

/** QEMU's options end a value at a comma; two are one. */
function escapeValue(text: string): string {
  return text.replaceAll(',', ',,');
}

function withoutIncoming(args: readonly string[]): string[] {
  if (args.includes('-daemonize')) throw startFailed('leave out -daemonize: QEMU is to be ended again');
  return args.filter((word, index) => !NOT_OURS.has(word) && !NOT_OURS.has(args[index - 1] ?? ''));
}

/** A QEMU that allocates much memory at its start says nothing before. */
const START_TIMEOUT_MS = 30_000;

async function connect(child: ChildProcess, server: Server, signal?: AbortSignal): Promise<QmpClient> {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-MAX_WORDS);
  });
  const stop = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', stop);
  child.once('close', () => process.off('exit', stop));
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await connectQmp(await firstOf(server, child), { timeoutMs: START_TIMEOUT_MS, signal });
  } catch (cause) {
    stop();
    signal?.throwIfAborted();
    const said = words.trim().replaceAll(/\s*\n\s*/g, '; ') || (cause as Error).message;
    throw startFailed(`QEMU did not start: ${said}`, cause);
  }
}

/** QEMU dials our socket: either it comes, or its process ends. */
function firstOf(server: Server, child: ChildProcess): Promise<Socket> {
  return new Promise((resolve, reject) => {
    server.once('connection', resolve);
    child.once('error', reject);
    child.once('close', (code, signal) => reject(new Error(`it ended with ${signal ?? `status ${code}`}`)));
  });
}

function startFailed(what: string, cause?: unknown): MappedRamError {
  return new MappedRamError('start-failed', { what, cause });
}
