import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { privateCommand } from '../find-qemu.js';
import { leaveNothing } from '../leave-nothing.js';
import type { LibvirtProgram } from './find-libvirt.js';
import { type VirshAnswer, VirshSession } from './virsh-session.js';

const SCRIPT = fileURLToPath(new URL('../../libvirt/run-libvirtd.sh', import.meta.url));

/** A libvirt daemon with a root directory of its own. */
export interface Libvirt {
  readonly program: LibvirtProgram;
  /** A private folder that the daemon and its QEMUs have under the same name; removed by {@link Libvirt.kill}. */
  readonly folder: string;
  /** Asks virsh for something, whatever comes of it. */
  ask(...args: string[]): Promise<VirshAnswer>;
  /** Asks virsh for something. @returns what it printed @throws Error with its words when it fails */
  virsh(...args: string[]): Promise<string>;
  /** A file of the daemon's root directory, such as `/var/log/libvirt/qemu/NAME.log`, as it is seen from outside. */
  pathOf(path: string): string;
  /** Sends a signal to the daemon alone. Its QEMUs stay; where it dies of it, as of a fault, it is started again at once. */
  signalDaemon(signal: NodeJS.Signals): void;
  /** Ends everything and removes the folder. */
  kill(): Promise<void>;
}

/**
 * Starts a libvirt daemon by hand, without systemd: no security driver, no control groups, as root in namespaces of its own. Nothing of
 * it is left when this process ends.
 *
 * @param settings Lines for `qemu.conf`.
 * @throws Error with the daemon's words when it does not come up
 */
export async function startLibvirt(
  program: LibvirtProgram,
  settings: readonly string[] = [],
): Promise<Libvirt> {
  const folder = mkdtempSync(join(tmpdir(), 'mapped-ram-libvirt-'));
  writeFileSync(join(folder, 'conf'), settings.map((line) => `${line}\n`).join(''));
  const child = spawn(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', 'sh', SCRIPT, program.root, folder],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const clean = leaveNothing(child, folder);
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
  });
  const socket = join(folder, 'sockets/libvirt-sock');
  const idle: VirshSession[] = [];
  const endSessions = () => {
    for (const session of idle.splice(0)) session.end();
  };
  const kill = async (): Promise<void> => {
    endSessions();
    // With the first process of the namespace all others are gone when it is waited for.
    const [init] = childrenOf(child.pid);
    if (init !== undefined) process.kill(init, 'SIGKILL');
    await ended;
    clean();
  };
  try {
    await waitFor(socket, child);
  } catch (error) {
    const words = readIfThere(join(folder, 'libvirtd.log'));
    await kill();
    throw new Error(`libvirt ${program.libvirt} did not start: ${words || (error as Error).message}`);
  }
  const command = virshCommand({ program, folder });
  const ask = async (...args: string[]): Promise<VirshAnswer> => {
    const session = idle.pop() ?? new VirshSession(command);
    const answer = await session.ask(args);
    if (session.isUsable) idle.push(session);
    else session.end();
    return answer;
  };
  return {
    program,
    folder,
    ask,
    async virsh(...args) {
      const { code, stdout, stderr } = await ask(...args);
      if (code !== 0) throw new Error(`virsh ${args.join(' ')}: ${stderr.trim()}`);
      return stdout.trim();
    },
    pathOf: (path) => join(`/proc/${childrenOf(child.pid)[0]}/root`, folder, 'root', path),
    signalDaemon(signal) {
      endSessions();
      const [init] = childrenOf(child.pid);
      for (const pid of childrenOf(init)) {
        if (readIfThere(`/proc/${pid}/comm`).trim() === 'libvirtd') process.kill(pid, signal);
      }
    },
    kill,
  };
}

/** The command with which virsh talks to a daemon: a program and its arguments, to which those of the request are added. */
export function virshCommand({ program, folder }: Pick<Libvirt, 'program' | 'folder'>): string[] {
  const { file, args } = privateCommand(program.root, 'virsh');
  const socket = join(folder, 'sockets/libvirt-sock');
  return [file, ...args, '--quiet', '--connect', `qemu+unix:///system?socket=${socket}`];
}

/** Waits until somebody listens. @throws Error when the process ends before */
async function waitFor(path: string, child: ChildProcess): Promise<void> {
  let messages = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    messages += text;
  });
  while (!(await listens(path))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(messages.trim());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function childrenOf(pid: number | undefined): number[] {
  return readIfThere(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
