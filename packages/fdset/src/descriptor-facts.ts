/** What a descriptor leads to, as far as it matters to QEMU. */
export type FileKind = 'regular' | 'block-device' | 'other';

/** What is known of one descriptor. {@link inspectDescriptor} finds it out; a test or a planner may write it down. */
export interface DescriptorFacts {
  /** The access mode that it was opened with. */
  readonly access: 'read' | 'write' | 'read-write';
  /** O_DIRECT. */
  readonly direct: boolean;
  /** O_SYNC or O_DSYNC. */
  readonly synchronous: boolean;
  /** O_APPEND. */
  readonly append: boolean;
  /** O_NONBLOCK. */
  readonly nonBlocking: boolean;
  /** O_PATH: names a file and cannot read or write it. The kernel calls its access mode reading. */
  readonly pathOnly: boolean;
  /** Bytes from the start of the file; where reading and writing without an offset goes on. */
  readonly position: number;
  readonly fileKind: FileKind;
  /** The same text for the same file: device and inode. */
  readonly fileIdentity: string;
  /** Whether the file takes direct I/O; undefined where it could not be found out. */
  readonly takesDirectIo?: boolean | undefined;
  /**
   * The index of an earlier descriptor of the same list that shares this one's open file: a duplicate, whose flags and position are
   * this one's too. Undefined where there is none, or where the kernel does not tell.
   */
  readonly duplicateOf?: number | undefined;
}
