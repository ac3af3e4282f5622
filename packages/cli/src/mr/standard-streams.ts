import { addAbortSignal, type Readable } from 'node:stream';
import { MappedRamError } from '@mapped-ram/format';

/**
 * What comes in on standard input.
 *
 * @param signal Ends it, with its reason.
 */
export async function* standardInput(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const input: Readable = addAbortSignal(signal, process.stdin);
  try {
    for await (const chunk of input) yield chunk as Buffer;
  } catch (cause) {
    signal.throwIfAborted();
    throw new MappedRamError('read-failed', { what: 'reading standard input failed', cause });
  }
}

/**
 * Writes to standard output, and waits until the bytes were taken.
 *
 * @throws MappedRamError `write-failed`, also where nobody reads on.
 */
export function writeToStandardOutput(bytes: Uint8Array): Promise<void> {
  const { stdout } = process;
  if (!stdout.listeners('error').includes(leaveToCallback)) stdout.on('error', leaveToCallback);
  return new Promise((resolve, reject) => {
    stdout.write(bytes, (cause) => {
      if (cause === null || cause === undefined) resolve();
      else reject(new MappedRamError('write-failed', { what: 'writing standard output failed', cause }));
    });
  });
}

/** An error that nobody hears ends the process. */
function leaveToCallback(): void {}
