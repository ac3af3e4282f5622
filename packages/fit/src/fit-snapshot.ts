import { booleanOption, checkOptions, integerOption, objectOption, signalOption } from '@mapped-ram/format';
import { type FileReport, lintSource, type Outcome, releaseRules, verdictOf } from '@mapped-ram/lint';
import { type ByteSource, openSnapshot } from '@mapped-ram/reader';
import { newestQemuVersion, type QemuVersion, qemuVersions } from '@mapped-ram/releases';
import { compareBlocks } from './compare/blocks.js';
import { compareDevices } from './compare/devices.js';
import { compareMemoryPlaces } from './compare/memory-places.js';
import { MendingOptions } from './compare/mending-options.js';
import { comparePageSize } from './compare/page-size.js';
import { compareProcessor } from './compare/recorded-processor.js';
import type { Destination } from './destination.js';
import type { FitFinding } from './fit-finding.js';
import type { MachineRecord } from './record/machine-record.js';

/** How to read the file, and how it is to be restored. */
export interface FitOptions {
  /** Offset of the stream in the file, in bytes; by default the start, or where a libvirt header says. */
  readonly streamOffset?: number | undefined;
  /** Whether the destination restores with multifd. */
  readonly multifd?: boolean | undefined;
  /** What QEMU told of its machine when the file was saved. */
  readonly record?: MachineRecord | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What became of a comparison. */
export interface FitReport {
  /** What happens when this destination restores the file. */
  readonly verdict: Outcome;
  /** In the order in which QEMU comes to them; what does not matter comes first. */
  readonly findings: readonly FitFinding[];
  /** What the linter says of the file alone, for the destination's release. */
  readonly report: FileReport;
}

/**
 * Holds a file against a destination, in the order in which QEMU would come to each difference.
 *
 * @param destination or the promise of one, such as of a QEMU that starts: the file is read meanwhile
 * @throws MappedRamError `read-failed`; the signal's reason
 */
export async function fitSnapshot(
  source: ByteSource,
  destination: Destination | Promise<Destination>,
  options: FitOptions = {},
): Promise<FitReport> {
  checkOptions<FitOptions>(options, {
    streamOffset: integerOption(),
    multifd: booleanOption,
    record: objectOption,
    signal: signalOption,
  });
  const { streamOffset, multifd = false, record, signal } = options;
  const place = { ...(streamOffset !== undefined && { streamOffset }), ...(signal && { signal }) };
  const lintFor = (qemu: QemuVersion) =>
    lintSource(source, { ...place, qemu, multifd, mappedRam: true, rules: releaseRules });
  const [there, snapshot, newest] = await Promise.all([
    destination,
    openSnapshot(source, { ...place, tolerant: true }),
    destination instanceof Promise ? lintFor(newestQemuVersion) : undefined,
  ]);
  const qemu = releaseOf(there);
  const report = newest !== undefined && qemu === newestQemuVersion ? newest : await lintFor(qemu);
  const findings: FitFinding[] = [...faults(report)];
  const machine = snapshot.configuration?.machine;
  if (machine !== undefined && machine !== there.machine) {
    findings.push({
      ...{ code: 'machine-differs', outcome: 'refused', metAt: snapshot.configuration?.byteOffset ?? 0 },
      message: `the file is of a machine ${machine}, and the destination is a ${there.machine}`,
      help: `-machine ${machine}`,
      qemu: `Machine type received is '${machine}' and local is '${there.machine}'`,
    });
  }
  const uuid = snapshot.configuration?.uuid;
  if (uuid !== undefined && there.uuid !== undefined && uuid !== there.uuid) {
    findings.push({
      ...{ code: 'uuid-differs', outcome: 'refused', metAt: snapshot.configuration?.byteOffset ?? 0 },
      message: `the file is of the machine ${uuid}, and the destination is ${there.uuid}`,
      help: `-uuid ${uuid}`,
      qemu: `UUID received is ${uuid} and local is ${there.uuid}`,
    });
  }
  const mending = new MendingOptions(snapshot);
  const pageSize = comparePageSize(snapshot, there, qemu);
  if (pageSize !== undefined) findings.push(pageSize);
  for await (const finding of compareBlocks(snapshot, there, mending)) findings.push(finding);
  for await (const finding of compareDevices(snapshot, there, mending)) findings.push(finding);
  for await (const finding of compareMemoryPlaces(snapshot, record, there)) findings.push(finding);
  const processor = record && compareProcessor(record, there);
  if (processor !== undefined) findings.push(processor);
  findings.sort((a, b) => a.metAt - b.metAt);
  return { verdict: verdictOf(findings), findings, report };
}

/** The release whose ways the linter knows: the destination's own, or the newest. */
function releaseOf({ release }: Destination): QemuVersion {
  return qemuVersions.find((known) => known === release) ?? newestQemuVersion;
}

/** What is wrong with the file itself. */
function* faults({ findings }: FileReport): Generator<FitFinding, void, undefined> {
  for (const { rule, outcome, metAt, message, remedy, qemu } of findings) {
    if (outcome === 'restores') continue;
    yield {
      ...{
        code: 'faulty-file',
        outcome,
        metAt,
        message: `the file is faulty (${rule}): ${message}`,
      },
      ...{ help: remedy, qemu },
    };
  }
}
