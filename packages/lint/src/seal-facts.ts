/** A place of a file that is not as it was sealed. */
export interface ChangedSpan {
  /** Of the changed bytes in the file, as far as they belong to one page. */
  readonly byteOffset: number;
  readonly lengthBytes: number;
  /** The RAM block, where they are memory. */
  readonly block?: string;
  /** The page of the block. */
  readonly page?: number;
  /** Where the guest has the page, where that is known. */
  readonly address?: bigint;
}

/** What came of holding a file against its seal: `@mapped-ram/pack` finds seals and does it. */
export type SealFacts =
  /** The seal is for a file of this length; the contents were not looked at. */
  | { readonly state: 'unchecked'; readonly digest: string }
  | { readonly state: 'same'; readonly digest: string }
  | {
      readonly state: 'changed';
      /** As `fsverity digest` prints it. */
      readonly digest: string;
      /** Of the file when it was sealed, in bytes. */
      readonly sealedSizeBytes: number;
      /** Blocks of 4 KiB that changed, as far as they were looked at. */
      readonly changedBlocks: number;
      /** The first of them. */
      readonly changes: readonly ChangedSpan[];
    }
  /** The seal is damaged. */
  | { readonly state: 'unusable'; readonly why: string };
