import { channelMemoryOffset } from './channel-memory.js';
import { FileStore } from './file-store.js';
import { KernelCopy } from './kernel-copy.js';
import { MappedMemory } from './mapped-memory.js';
import { MemoryStore } from './memory-store.js';
import { Mutex } from './mutex.js';
import { type OnNoDirectIo, openFile } from './open-file.js';
import { PageMover } from './page-mover.js';
import type { ExpectedPlace, Purpose } from './place.js';
import type { ChannelSetup } from './protocol.js';
import type { Store } from './store.js';

/**
 * Opens a channel's places, and what moves pages between them in the calling thread.
 *
 * @throws MappedRamError as `openFile` does.
 */
export function openMover(
  { channel, memory, source, target, compared, literal, writing, trial, mappings }: ChannelSetup,
  onNoDirectIo: OnNoDirectIo,
): PageMover {
  const mutex = new Mutex(writing);
  const openStore = (place: ExpectedPlace, purpose: Purpose): Store =>
    'memory' in place
      ? new MemoryStore(place.memory, trial, place.copyOnWrite ? new MappedMemory(mappings) : undefined)
      : new FileStore(openFile(place, purpose, onNoDirectIo), onNoDirectIo, mutex);
  const opened: Store[] = [];
  const open = (place: ExpectedPlace, purpose: Purpose): Store => {
    const store = openStore(place, purpose);
    opened.push(store);
    return store;
  };
  try {
    const from = open(source, 'read');
    const to = target && open(target, 'write');
    return new PageMover({
      memory,
      memoryOffset: channelMemoryOffset(channel),
      source: from,
      target: to,
      compared: compared && open(compared, 'read'),
      literal,
      kernelCopy: kernelCopyBetween(from, to),
      needsAlignment: 'path' in source && source.directIo,
    });
  } catch (error) {
    for (const store of opened) store.close();
    throw error;
  }
}

/** Between files, where nothing has to be looked at on the way. */
function kernelCopyBetween(from: Store, to: Store | undefined): KernelCopy | undefined {
  if (!(from instanceof FileStore && to instanceof FileStore)) return undefined;
  const [read, written] = [from.cachedDescriptor, to.cachedDescriptor];
  return read === undefined || written === undefined ? undefined : new KernelCopy(read, written);
}
