import { booleanOption, checkOptions, integerOption } from '@mapped-ram/format';
import type { DescriptorFacts } from './descriptor-facts.js';
import {
  differentFiles,
  directIoIgnored,
  emptySet,
  flagsChanged,
  noMatch,
  notAFile,
  notAtStart,
  pathOnly,
  synchronous,
  unused,
} from './faults.js';
import type { FdsetChannel, FdsetFinding, FdsetOutcome } from './finding.js';
import { type FdsetRole, fits, type Wanted, wantedBy } from './wanted.js';

/** The settings of the migration that bear on descriptors. */
export interface FdsetOptions {
  /** The capability `multifd`. */
  readonly multifd?: boolean;
  /** The parameter `direct-io`. It stays on in a QEMU until it is switched off. */
  readonly directIo?: boolean;
  /** The `offset` of the URI. */
  readonly byteOffset?: number;
}

/** What QEMU does with a set of descriptors. */
export interface FdsetCheck {
  readonly outcome: FdsetOutcome;
  /** Which descriptor each channel takes, by its index in the list; missing where none fits, or QEMU does not get that far. */
  readonly taken: Readonly<Partial<Record<FdsetChannel, number>>>;
  /** In the order in which QEMU comes upon them; what is only worth knowing is last. */
  readonly findings: readonly FdsetFinding[];
}

/**
 * Tells what QEMU does when it saves to, or loads from, `file:/dev/fdset/N`. A channel takes the descriptor that was added last
 * among those whose access mode and O_DIRECT are exactly what it wants; nothing else is compared, not even the files. The
 * outcome is the worst of QEMU 10.0 and 11.1, which were asked. Mirrors `monitor_fdset_dup_fd_add` and
 * `file_start_outgoing_migration`.
 *
 * @param descriptors in the order in which they are added to the set
 */
export function checkFdset(
  role: FdsetRole,
  options: FdsetOptions,
  descriptors: readonly DescriptorFacts[],
): FdsetCheck {
  checkOptions<FdsetOptions>(options, {
    multifd: booleanOption,
    directIo: booleanOption,
    byteOffset: integerOption(),
  });
  const taken: Partial<Record<FdsetChannel, number>> = {};
  const findings = [...findFaults(role, options, descriptors, taken)];
  const outcomes = new Set(findings.map(({ outcome }) => outcome));
  const outcome = WORST_FIRST.find((one) => outcomes.has(one)) ?? 'works';
  return { outcome, taken, findings: [...findings, ...findNotes(options, descriptors, taken, outcome)] };
}

const WORST_FIRST: readonly FdsetOutcome[] = ['crashes', 'misplaced', 'refused'];

/** Goes the way that QEMU goes, and ends where it would. */
function* findFaults(
  role: FdsetRole,
  { multifd = false, directIo = false, byteOffset = 0 }: FdsetOptions,
  descriptors: readonly DescriptorFacts[],
  taken: Partial<Record<FdsetChannel, number>>,
): Generator<FdsetFinding, void, undefined> {
  for (const [index, descriptor] of descriptors.entries()) {
    if (descriptor.pathOnly) yield pathOnly(index);
  }
  if (descriptors.length === 0) {
    yield emptySet();
    return;
  }

  const main = yield* open(wantedBy(role, 'main', directIo), descriptors);
  if (main === undefined) return;
  taken.main = main.index;
  if (main.facts.fileKind !== 'regular' && (role === 'save' || main.facts.fileKind === 'other')) {
    yield notAFile(role, main.index, byteOffset);
    return;
  }
  // With an offset QEMU seeks to it, and without one it stays where it is.
  if (byteOffset === 0 && main.facts.position !== 0) yield notAtStart(role, main.index, main.facts.position);

  if (!multifd) return;
  const pages = directIo ? yield* open(wantedBy(role, 'multifd', true), descriptors) : main;
  if (pages === undefined) return;
  taken.multifd = pages.index;
  if (pages.facts.fileIdentity !== main.facts.fileIdentity)
    yield differentFiles(role, main.index, pages.index);
}

interface Opened {
  readonly index: number;
  readonly facts: DescriptorFacts;
}

/** Newest first, as QEMU searches. */
function* open(
  wanted: Wanted,
  descriptors: readonly DescriptorFacts[],
): Generator<FdsetFinding, Opened | undefined, undefined> {
  const index = descriptors.findLastIndex((descriptor) => fits(descriptor, wanted));
  const facts = descriptors[index];
  if (facts === undefined) {
    yield noMatch(wanted, descriptors);
    return undefined;
  }
  if (facts.synchronous) yield synchronous(wanted, index);
  // What names a file only was found already: QEMU takes it for a reader, and fails to set its flags.
  return facts.synchronous || facts.pathOnly ? undefined : { index, facts };
}

function* findNotes(
  { multifd = false, directIo = false }: FdsetOptions,
  descriptors: readonly DescriptorFacts[],
  taken: FdsetCheck['taken'],
  outcome: FdsetOutcome,
): Generator<FdsetFinding, void, undefined> {
  if (directIo && !multifd) yield directIoIgnored();
  const indices = new Set(Object.values(taken));
  for (const [index, descriptor] of descriptors.entries()) {
    if (indices.has(index)) {
      if (descriptor.append || descriptor.nonBlocking) yield flagsChanged(index);
    } else if (outcome === 'works') {
      yield unused(index);
    }
  }
}
