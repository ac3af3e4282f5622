import type { PageRunBytes, RamBlock, Snapshot } from '@mapped-ram/reader';
import type { SnapshotWriter } from '@mapped-ram/writer';

/** Read at once; three such chunks are held. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** How pages get to and from the places that they have in snapshots. Memory is bounded, whatever a snapshot holds. */
export interface PageTransport {
  /** Path of the file that the kernel copies from in `move`, where pages keep their places within blocks of the file system; absent where it does not. */
  readonly kernelCopiesFrom?: string | undefined;
  /**
   * Pages will be moved: starts what takes time, in the background. A failure is met by `move`.
   *
   * @param asTheyAre Whether none of them will be looked at for zeros.
   */
  prepareMove(asTheyAre: boolean): void;
  /**
   * Moves all pages of a snapshot that are in no hole of its file into one that is being written and has the same blocks in
   * the same order.
   *
   * @param onMoved Called with the number of bytes of every piece that was moved.
   * @throws MappedRamError as `Snapshot.pages` and `SnapshotWriter.writeRuns` do.
   */
  move(from: Snapshot, to: SnapshotWriter, onMoved: (lengthBytes: number) => void): Promise<void>;
  /**
   * The pages of a block that are in the file and in no hole, in ascending order and in batches of runs; a batch is valid until the next
   * step.
   *
   * @throws MappedRamError as `Snapshot.pages` does.
   */
  read(from: Snapshot, block: RamBlock): AsyncIterable<Iterable<PageRunBytes>>;
  /**
   * Writes runs of a block's pages, none of them twice. When it is done, the bytes may be changed. The writer's next `round`
   * ends it: before that, nothing may be written in the same places.
   *
   * @throws MappedRamError as `SnapshotWriter.writeRuns` does.
   */
  write(to: SnapshotWriter, blockIndex: number, runs: readonly PageRunBytes[]): Promise<void>;
}

/** Reads one chunk after another; the next ones are read while one is written. */
export const pagesInTurn: PageTransport = {
  prepareMove() {},
  async move(from, to, onMoved) {
    for (const [index, block] of from.ramBlocks.entries()) {
      for await (const batch of this.read(from, block)) {
        await to.writeRuns(index, batch);
        let lengthBytes = 0;
        for (const { bytes } of batch) lengthBytes += bytes.length;
        onMoved(lengthBytes);
      }
    }
  },
  read: (from, block) => from.pages(block, { chunkBytes: CHUNK_BYTES, withoutHoles: true }),
  write: (to, blockIndex, runs) => to.writeRuns(blockIndex, runs),
};
