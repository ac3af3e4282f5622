import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectQmp, type QmpClient } from '@mapped-ram/qmp';
import { findQemu } from './find-qemu.js';
import { leaveNothing } from './leave-nothing.js';
import type { QemuTarget, QemuVersion } from './qemu-version.js';

/** What to start. */
export interface LaunchOptions {
  readonly version: QemuVersion;
  /** x86_64 when not given. */
  readonly target?: QemuTarget;
  /** QEMU's arguments. Relative paths in them are in the VM's private folder. */
  readonly args: readonly string[];
  /** Where the VM's private folder is made; the system's folder for temporary files when not given. */
  readonly parentFolder?: string;
  /** Puts files into the VM's private folder before QEMU starts. */
  readonly prepare?: (folder: string) => void | Promise<void>;
  /** Descriptors of this process that QEMU inherits as 3, 4, ... They stay open here. */
  readonly inherit?: readonly number[];
}

/** How a process ended: exactly one of the two is set. */
export interface QemuExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running QEMU. */
export interface QemuVm {
  readonly version: QemuVersion;
  readonly qmp: QmpClient;
  readonly process: ChildProcess;
  /** QEMU's working directory, removed by {@link QemuVm.kill}. */
  readonly folder: string;
  /** What QEMU wrote to its standard error until now. */
  stderr(): string;
  /** Settles when the process has ended and its standard error is read. */
  readonly exit: Promise<QemuExit>;
  /** Ends QEMU without asking it, waits for the end and removes the folder. */
  kill(): Promise<void>;
}

/** QEMU ended before it answered. */
export class QemuStartError extends Error {
  override readonly name = 'QemuStartError';
}

/**
 * Starts a QEMU with QMP over a unix socket in a private folder. Every caller's VM wants `-display none` and no user
 * configuration, so these are given; all else is the caller's. When it throws, nothing is left running and no file is left.
 * @throws QemuStartError when the version is missing or QEMU ends at once, with QEMU's own words
 */
export async function launchQemu(options: LaunchOptions): Promise<QemuVm> {
  const program = findQemu(options.version, options.target);
  if (program.kind === 'missing') throw new QemuStartError(program.reason);
  const folder = mkdtempSync(join(options.parentFolder ?? tmpdir(), 'mapped-ram-qemu-'));
  const server = createServer();
  try {
    await options.prepare?.(folder);
    await listen(server, join(folder, 'qmp'));
    const child = spawn(
      program.file,
      [...program.args, ...['-no-user-config', '-display', 'none'], ...['-qmp', 'unix:qmp'], ...options.args],
      {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe', ...(options.inherit ?? [])],
        env: { ...process.env, ...program.env },
      },
    );
    return await attach(child, server, folder, options);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    server.close();
  }
}

async function attach(
  child: ChildProcess,
  server: Server,
  folder: string,
  { version }: LaunchOptions,
): Promise<QemuVm> {
  const clean = leaveNothing(child, folder);
  let stderrText = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderrText += text;
  });
  const exit = new Promise<QemuExit>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  try {
    const socket = await firstOf(server, child);
    const qmp = await connectQmp(socket, { timeoutMs: Number.POSITIVE_INFINITY });
    const kill = async (): Promise<void> => {
      clean();
      qmp.close();
      await exit;
    };
    return { version, qmp, process: child, folder, stderr: () => stderrText, exit, kill };
  } catch (error) {
    clean();
    if (child.pid !== undefined) await exit;
    throw new QemuStartError(
      `QEMU ${version} did not start: ${stderrText.trim() || (error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}

/** QEMU dials our socket, so there is nothing to poll for: either it comes, or its process ends. */
function firstOf(server: Server, child: ChildProcess): Promise<Socket> {
  return new Promise((resolve, reject) => {
    server.once('connection', resolve);
    child.once('error', reject);
    child.once('close', (code, signal) => reject(new Error(`it ended with ${signal ?? `status ${code}`}`)));
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
