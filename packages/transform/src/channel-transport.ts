import { anySet, forEachRun, withLittleEndianWords } from '@mapped-ram/format';
import {
  type Channels,
  type ChannelsOptions,
  checkPageSize,
  loadPages,
  openChannels,
  type Place,
} from '@mapped-ram/multifd';
import type { PageRunBytes, RamBlock, Snapshot } from '@mapped-ram/reader';
import type { PlacedBlock, SnapshotWriter } from '@mapped-ram/writer';
import type { PageTransport } from './page-transport.js';

/** How channels move pages. */
export type ChannelOptions = Pick<ChannelsOptions, 'channels' | 'signal' | 'onNotice'> & {
  /** Go past the page cache where that can be done. Off if not given. */
  readonly directIo?: boolean | undefined;
  /** Have what is written go to the disk at once, since it will be flushed. On if not given. */
  readonly writeback?: boolean | undefined;
};

/** Memory that pages pass through between a snapshot's file and this thread: a half is worked on, one is filled. */
const ROOM_BYTES = 16 * 1024 * 1024;
const HALF_BYTES = ROOM_BYTES / 2;

/** A shorter run is written sooner than a channel is told of it. */
const MIN_CHANNEL_BYTES = 64 * 1024;

/** What direct I/O asks of offsets in a file, and so of the room. */
const ALIGNMENT_BYTES = 4096;

/** Pages that are, or will be, in a half of the room. */
interface Half {
  readonly memoryOffset: number;
  readonly firstPage: number;
  readonly pageCount: number;
  readonly wanted: Uint8Array;
}

/**
 * Moves pages with parallel threads. They start when there is something for them to do, and last until `close`. Which of
 * them moves what shows in no file.
 */
export class ChannelTransport implements PageTransport {
  readonly kernelCopiesFrom: string | undefined;
  readonly #source: Place;
  readonly #target: Place;
  readonly #options: ChannelOptions;
  readonly #opened: Channels[] = [];
  #room: SharedArrayBuffer | undefined;
  #moving: Promise<Channels> | undefined;
  #writing: Promise<Channels> | undefined;
  #reading: Promise<Channels> | undefined;

  /**
   * @param source Path of the snapshot that pages come from.
   * @param target Path of the file that they go to, which has to be there: a `FileTarget`'s `partPath`.
   */
  constructor(source: string, target: string, options: ChannelOptions = {}) {
    const { directIo, writeback } = options;
    this.kernelCopiesFrom = directIo === true ? undefined : source;
    this.#source = { path: source, directIo };
    this.#target = { path: target, directIo, writeback };
    this.#options = options;
  }

  prepareMove(asTheyAre: boolean): void {
    this.#moving ??= this.#open(this.#source, this.#target, asTheyAre);
    this.#moving.catch(() => {});
  }

  async move(from: Snapshot, to: SnapshotWriter, onMoved: (lengthBytes: number) => void): Promise<void> {
    this.#moving ??= this.#open(this.#source, this.#target, !to.detectsZeroPages);
    const channels = await this.#moving;
    for (const [index, block] of from.ramBlocks.entries()) {
      await loadPages(channels, from, block, {
        memoryOffset: to.blocks[index]?.pagesOffset,
        withoutHoles: true,
        findZeros: to.detectsZeroPages,
        onMoved: (moved) => {
          to.settlePages(index, moved);
          onMoved(moved.wantedPages * block.pageSize);
        },
      });
    }
    await channels.sync();
  }

  async *read(from: Snapshot, block: RamBlock): AsyncGenerator<PageRunBytes[], void, undefined> {
    const { pageSize, pagesOffset } = block;
    if (block.ignored) return;
    checkPageSize(block);
    this.#reading ??= this.#open(this.#source, { memory: this.#memory });
    const channels = await this.#reading;
    let ready: Half | undefined;
    for await (const next of halves(from, block)) {
      await channels.sync();
      const { memoryOffset, ...pages } = next;
      const writeTo = memoryOffset - pages.firstPage * pageSize;
      const batchBytes = HALF_BYTES / channels.count;
      await channels.move({ ...pages, pageSize, readFrom: pagesOffset, writeTo, batchBytes });
      if (ready !== undefined) yield this.#runsIn(ready, pageSize);
      ready = next;
    }
    await channels.sync();
    if (ready !== undefined) yield this.#runsIn(ready, pageSize);
  }

  async write(to: SnapshotWriter, blockIndex: number, runs: readonly PageRunBytes[]): Promise<void> {
    this.#writing ??= this.#open({ memory: this.#memory }, this.#target);
    const channels = await this.#writing;
    const isLong = ({ bytes }: PageRunBytes) => bytes.length >= MIN_CHANNEL_BYTES;
    for (const run of runs.filter(isLong)) await this.#writeLong(channels, to, blockIndex, run);
    await to.writeRuns(
      blockIndex,
      runs.filter((run) => !isLong(run)),
    );
  }

  /** Ends the threads and waits for that. Never rejects. */
  async close(): Promise<void> {
    // Those that are being opened fail or are in the list then.
    await Promise.allSettled([this.#moving, this.#reading, this.#writing]);
    await Promise.all(this.#opened.map((channels) => channels.close()));
  }

  async #writeLong(
    channels: Channels,
    to: SnapshotWriter,
    blockIndex: number,
    run: PageRunBytes,
  ): Promise<void> {
    const { pageSize, pagesOffset } = to.blocks[blockIndex] as PlacedBlock;
    const room = new Uint8Array(this.#memory);
    const findZeros = to.detectsZeroPages;
    const mostPages = HALF_BYTES / pageSize;
    for (let done = 0; done < run.pageCount; done += mostPages) {
      const firstPage = run.firstPage + done;
      const bytes = run.bytes.subarray(done * pageSize, (done + mostPages) * pageSize);
      const start = (pagesOffset + firstPage * pageSize) % ALIGNMENT_BYTES;
      room.set(bytes, start);
      const pages = { pageSize, firstPage, pageCount: bytes.length / pageSize, findZeros };
      const places = { readFrom: start - firstPage * pageSize, writeTo: pagesOffset };
      const batchBytes = Math.max(MIN_CHANNEL_BYTES, bytes.length / channels.count);
      await channels.move({ ...pages, ...places, batchBytes }, (moved) => to.settlePages(blockIndex, moved));
      await channels.sync();
    }
  }

  get #memory(): SharedArrayBuffer {
    this.#room ??= new SharedArrayBuffer(ROOM_BYTES);
    return this.#room;
  }

  async #open(source: Place, target: Place, asTheyAre = false): Promise<Channels> {
    const { channels: count, signal, onNotice } = this.#options;
    const channels = await openChannels({ channels: count, source, target, asTheyAre, signal, onNotice });
    this.#opened.push(channels);
    return channels;
  }

  #runsIn({ memoryOffset, wanted, firstPage, pageCount }: Half, pageSize: number): PageRunBytes[] {
    const runs: PageRunBytes[] = [];
    forEachRun(wanted, 'le', 0, pageCount, (first, count) => {
      const bytes = new Uint8Array(this.#memory, memoryOffset + first * pageSize, count * pageSize);
      runs.push({ firstPage: firstPage + first, pageCount: count, bytes });
    });
    return runs;
  }
}

/** The pages of a block that are in the file and in no hole, as many at a time as go into a half of the room. */
async function* halves(from: Snapshot, block: RamBlock): AsyncGenerator<Half, void, undefined> {
  const mostPages = HALF_BYTES / block.pageSize;
  let memoryOffset = 0;
  for await (const chunk of from.readBitmap(block, { withoutHoles: true })) {
    const words = withLittleEndianWords(chunk.bytes, from.wordOrder);
    for (let done = 0; done < chunk.pageCount; done += mostPages) {
      const pageCount = Math.min(mostPages, chunk.pageCount - done);
      const wanted = words.slice(done / 8, (done + Math.ceil(pageCount / 64) * 64) / 8);
      if (!anySet(wanted, pageCount, 'le')) continue;
      yield { memoryOffset, firstPage: chunk.firstPage + done, pageCount, wanted };
      memoryOffset = HALF_BYTES - memoryOffset;
    }
  }
}
