/**
 * A channel's thread: opens its places, and moves the batches that it is sent. Every channel loads it anew, so it imports
 * no more than it needs.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { MappedRamError } from '@mapped-ram/format/errors';
import { type SystemError, takeErrorApart } from '@mapped-ram/posix';
import { slotBits } from './channel-memory.js';
import { openMover } from './open-mover.js';
import type { ExpectedFile } from './place.js';
import { type ChannelMessage, type ChannelSetup, END, type SlotBatch } from './protocol.js';

const port = parentPort as MessagePort;
const setup = workerData as ChannelSetup;

const post = (message: ChannelMessage): void => port.postMessage(message);

const postNoDirectIo = ({ path }: ExpectedFile, error: SystemError): void => {
  post({ kind: 'no-direct-io', path, error });
};

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
  const mover = openMover(setup, postNoDirectIo);
  port.on('message', (batch: SlotBatch | typeof END) => {
    if (batch === END) {
      endThread();
      return;
    }
    reporting(() => {
      mover.move(batch, slotBits(setup.memory, setup.channel, batch.slot));
      post({ kind: 'done', slot: batch.slot });
    });
  });
  post({ kind: 'ready' });
});
