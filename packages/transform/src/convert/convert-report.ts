import type { TransformOptions } from '../options.js';

/** What a stream can be converted to. */
export type StreamKind = 'mapped-ram' | 'stream';

/** What was converted. */
export interface ConvertReport {
  readonly from: StreamKind;
  readonly to: StreamKind;
  /** Pages that are not zero and therefore in the file. */
  readonly pages: number;
  readonly sizeBytes: number;
}

/** How to convert. */
export interface ConvertOptions extends TransformOptions {
  /**
   * Take out a snapshot that is a mapped-ram one already, as it is: for one that lies in a container, such as a disk image. If not given, there is nothing
   * to convert in it.
   */
  readonly takeOut?: boolean | undefined;
  /**
   * Make a stream also where the records of its zero pages are more than three times the rest, and 60 MiB: of a large guest that
   * used little of its memory. Off if not given: a small file can name any number of zero pages.
   */
  readonly large?: boolean | undefined;
}
