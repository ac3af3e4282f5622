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
