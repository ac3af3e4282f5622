import { statSync } from 'node:fs';
import { isContainer } from './open-source.js';
import type { PageReading } from './page-reading.js';

/** Starting threads takes about as long as working on so many bytes without them. */
const CHANNELS_PAY_FROM_BYTES = 256 * 1024 * 1024;

/** Whether threads are worth it for a file: they are asked for, or there is enough to do for them. */
export function channelsPay(path: string, { channels, directIo }: PageReading): boolean {
  // A file that is not there is met by whoever opens it.
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!stats?.isFile()) return false;
  // Threads read at fixed places, which a container has not.
  if (isContainer(path)) return false;
  return channels !== undefined || directIo || stats.size >= CHANNELS_PAY_FROM_BYTES;
}
