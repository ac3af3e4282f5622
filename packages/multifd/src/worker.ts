/**
 * A channel's thread: opens its places, and moves the batches that it is sent. Every channel loads it anew, so it imports
 * no more than it needs.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { MappedRamError } from '@mapped-ram/format/errors';
import { type SystemError, takeErrorApart } from '@mapped-ram/posix';
import { channelMemoryOffset, slotBits } from './channel-memory.js';
import { FileStore } from './file-store.js';
import { KernelCopy } from './kernel-copy.js';
import { MemoryStore } from './memory-store.js';
import { Mutex } from './mutex.js';
import { openFile } from './open-file.js';
import { PageMover } from './page-mover.js';
import type { ExpectedFile, ExpectedPlace, Purpose } from './place.js';
import { type ChannelMessage, type ChannelSetup, END, type SlotBatch } from './protocol.js';
import type { Store } from './store.js';

const port = parentPort as MessagePort;
const { channel, memory, source, target, writing } = workerData as ChannelSetup;

const post = (message: ChannelMessage): void => port.postMessage(message);

const postNoDirectIo = ({ path }: ExpectedFile, error: SystemError): void => {
  post({ kind: 'no-direct-io', path, error });
};

const mutex = new Mutex(writing);

function openStore(place: ExpectedPlace, purpose: Purpose): Store {
  if ('memory' in place) return new MemoryStore(place.memory);
  return new FileStore(openFile(place, purpose, postNoDirectIo), postNoDirectIo, mutex);
}

/** Between files, where nothing has to be looked at on the way. */
function kernelCopyBetween(from: Store, to: Store | undefined): KernelCopy | undefined {
  if (!(from instanceof FileStore && to instanceof FileStore)) return undefined;
  const [read, written] = [from.cachedDescriptor, to.cachedDescriptor];
  return read === undefined || written === undefined ? undefined : new KernelCopy(read, written, mutex);
}

/** Deno's port cannot be closed; its thread can. */
function endThread(): void {
  const closable = typeof port.close === 'function' ? port : (globalThis as unknown as { close(): void });
  closable.close();
}

/** Everything that is not a failure of a place is a fault of this code: it ends the thread, which is noticed. */
function reporting(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof MappedRamError)) throw error;
    post({ kind: 'failed', failure: takeErrorApart(error) });
  }
}

reporting(() => {
  const from = openStore(source, 'read');
  const to = target && openStore(target, 'write');
  const mover = new PageMover({
    memory,
    memoryOffset: channelMemoryOffset(channel),
    source: from,
    target: to,
    kernelCopy: kernelCopyBetween(from, to),
    needsAlignment: 'path' in source && source.directIo,
  });
  port.on('message', (batch: SlotBatch | typeof END) => {
    if (batch === END) {
      endThread();
      return;
    }
    reporting(() => {
      mover.move(batch, slotBits(memory, channel, batch.slot));
      post({ kind: 'done', slot: batch.slot });
    });
  });
  post({ kind: 'ready' });
});
