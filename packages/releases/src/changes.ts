import { type QemuVersion, versionInRange } from './release.js';

/**
 * How it is known that a release was the first: both it and the one before it were run; its source was read; or only releases
 * further apart were run.
 */
export type Evidence = 'run' | 'source' | 'interval';

/** Something that QEMU does differently since a release. */
export interface ReleaseChange {
  /** The first release that is known to have it. */
  readonly first: QemuVersion;
  /** The last release that is known not to have it, where that is not the one before `first`. */
  readonly lastWithout?: QemuVersion;
  readonly evidence: Evidence;
  /** Upstream commits. */
  readonly commits?: readonly string[];
  readonly what: string;
}

/** What changed for mapped-ram, by name. Released QEMUs of 9.2.0, 10.0.13, 10.2.0, 11.0.0 and 11.1.3 were run. */
export const releaseChanges = {
  directIo: {
    first: '9.1',
    evidence: 'source',
    commits: ['b43b61d5be', '9d70239e56', '6d3279655a'],
    what: 'The parameter direct-io; the access mode of descriptors in a set is checked rightly.',
  },
  compressRemoved: {
    first: '9.1',
    evidence: 'source',
    what: 'The capabilities compress and block are gone.',
  },
  switchoverStart: {
    first: '10.0',
    evidence: 'run',
    what: 'Command 11, switchover start, written for machine types of 10.0 and newer and those without a version.',
  },
  avrPageOf1024: {
    first: '10.1',
    evidence: 'source',
    what: 'The page of avr has 1,024 bytes; before, 256.',
  },
  internalSnapshots: {
    first: '10.2',
    evidence: 'run',
    commits: ['0ecd285824', '112b55f0b0'],
    what: 'snapshot-save takes mapped-ram, into a qcow2; clear pages are zeroed on loading; not with multifd.',
  },
  sectionWords: {
    first: '10.2',
    evidence: 'run',
    what: 'Other words for sections and subsections that are not known.',
  },
  ignoreShared: {
    first: '11.0',
    evidence: 'run',
    commits: ['b043f6df27', '0b510b51b6'],
    what: 'x-ignore-shared works together with mapped-ram.',
  },
  zeroBlocksRemoved: {
    first: '11.0',
    evidence: 'run',
    commits: ['aa575660d0'],
    what: 'The capability zero-blocks is gone.',
  },
  fdOnFileRemoved: {
    first: '11.0',
    evidence: 'source',
    commits: ['f1fcc1c101'],
    what: 'fd: no longer takes the descriptor of a regular file (deprecated in 9.1): file:/dev/fdset/N does.',
  },
  syncFailureEnds: {
    first: '11.0',
    evidence: 'source',
    commits: ['37c74b1dbb'],
    what: 'A multifd save no longer hangs when a channel fails while all are synchronised.',
  },
  pageSizeChecked: {
    first: '11.1',
    evidence: 'run',
    commits: ['03b7c2369c'],
    what: "The page size in a block's header is compared with the target's.",
  },
  truncatedPagesHang: {
    first: '11.1',
    evidence: 'run',
    commits: ['e3580c4eb0'],
    what: 'Pages behind the end of the file, with multifd: a hang in place of SIGSEGV.',
  },
  negativeLengthRefused: {
    first: '11.1',
    evidence: 'run',
    what: 'A count or length of the configuration that is negative as a signed number is refused; before, QEMU aborted.',
  },
  endOfFileWords: {
    first: '11.1',
    evidence: 'run',
    commits: ['e12cbfb930'],
    what: '"Unexpected end-of-file" in place of "Partial read".',
  },
  shortWritesNoticed: {
    first: '11.1',
    evidence: 'source',
    commits: ['5e76440b56'],
    what: 'A short write of a multifd channel is completed; before, it counted as success, and set pages were missing.',
  },
  ringSizeChecked: {
    first: '11.1',
    lastWithout: '10.0',
    evidence: 'interval',
    what: "The size of a virtio queue's ring is compared with the queue that the device has.",
  },
  armTimerAlways: {
    first: '11.1',
    lastWithout: '10.0',
    evidence: 'interval',
    what: 'Every Arm processor has the timer of FEAT_WFxT in its state, not only those with the feature.',
  },
  postcopyAllowed: {
    first: '11.2',
    evidence: 'source',
    what: 'Fast snapshot load: a destination with postcopy-ram starts at once, and pages come when they are used.',
  },
  bitmapLengthChecked: {
    first: '11.2',
    evidence: 'source',
    what: "The length that a block's header calls for is compared with the block, before a bitmap is allocated.",
  },
  totalUnderflowRefused: {
    first: '11.2',
    evidence: 'source',
    what: 'A total that the blocks add up beyond is refused at once.',
  },
} as const satisfies Readonly<Record<string, ReleaseChange>>;

/** The name of a change. */
export type ChangeName = keyof typeof releaseChanges;

/** Whether a release has a change; `unknown` between the two that tell. */
export function hasChange(name: ChangeName, version: QemuVersion): 'yes' | 'no' | 'unknown' {
  const { first, lastWithout }: ReleaseChange = releaseChanges[name];
  if (versionInRange(version, first)) return 'yes';
  return lastWithout === undefined || versionInRange(version, undefined, lastWithout) ? 'no' : 'unknown';
}
