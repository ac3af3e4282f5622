import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder on a file system of its own, which only this process and its children get to. */
export interface MountedFolder {
  readonly path: string;
  unmount(): Promise<void>;
}

/**
 * Mounts a file system in a name space of its own, without root where the kernel lets users do that: another process holds it, and
 * it is reached through /proc.
 *
 * @returns the reason where it cannot be done
 */
export async function mountFolder(
  type: 'tmpfs' | 'ramfs',
  options = 'mode=700',
): Promise<MountedFolder | string> {
  const point = mkdtempSync(join(tmpdir(), 'mapped-ram-mount-'));
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const script = `mount -t ${type} -o ${options} none ${point} && echo mounted && exec cat`;
  const holder = spawn('unshare', ['--mount', ...asRoot, 'sh', '-c', script], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let words = '';
  holder.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const ended = once(holder, 'close').catch((error) => [error]);
  const unmount = async (): Promise<void> => {
    holder.kill('SIGKILL');
    await ended;
    rmdirSync(point);
  };
  const isMounted = await Promise.race([
    once(holder.stdout, 'data').then(() => true),
    ended.then(() => false),
  ]);
  if (isMounted) return { path: `/proc/${holder.pid}/root${point}`, unmount };
  rmdirSync(point);
  return `a ${type} cannot be mounted: ${words.trim() || 'there is no unshare'}`;
}
