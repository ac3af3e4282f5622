import {
  booleanOption,
  checkOptions,
  MappedRamError,
  RAM_SECTION_IDSTR,
  textOption,
} from '@mapped-ram/format';
import { type ByteSource, readClassicStream, type Snapshot } from '@mapped-ram/reader';
import { qemuVersions } from '@mapped-ram/releases';
import {
  continuing,
  createSnapshot,
  endMarker,
  eosWord,
  findBlockTable,
  footer,
  LIBVIRT_VERSION,
  LibvirtFormat,
  layoutOf,
  type SnapshotTarget,
  type StreamPart,
  writeParts,
} from '@mapped-ram/writer';
import { openOptions } from '../complete-snapshot.js';
import { libvirtFront } from '../libvirt-image.js';
import { countDataBytes, movePages } from '../move-pages.js';
import { placeChecks, transportOption } from '../option-checks.js';
import type { TransformOptions } from '../options.js';
import { type Diagnosis, diagnose } from './diagnose.js';
import { movePagesByContents } from './move-by-contents.js';
import type { RepairOptions } from './repair-options.js';
import type { RepairKind, RepairReport } from './repair-report.js';
import { findRingsToShorten, patchedSource, type RingRepair } from './virtio-rings.js';

const NO_RINGS: RingRepair = { patches: [], repairs: [] };

/**
 * Makes a good file out of a bad one, where everything that was saved is in it: a background snapshot without bitmaps, a
 * stream without its end, a libvirt header that is wrong. What was mended is said, and so is what cannot be known.
 *
 * @throws MappedRamError `incomplete-save` where the data is gone; `unsupported` where there is nothing to mend; the first
 * problem that cannot be mended; `write-failed`. The target is then to be given up.
 */
export async function repairSnapshot(
  file: ByteSource,
  target: SnapshotTarget,
  options: RepairOptions = {},
): Promise<RepairReport> {
  checkOptions<RepairOptions>(options, {
    ...{ ...placeChecks, transport: transportOption },
    markUnclearPages: booleanOption,
    forQemu: textOption(qemuVersions),
  });
  const found = await diagnose(file, options);
  const rings =
    options.forQemu === undefined ? NO_RINGS : await findRingsToShorten(found.snapshot, options.forQemu);
  const diagnosis = { ...found, repairs: [...found.repairs, ...rings.repairs] };
  const source = patchedSource(file, rings.patches);
  const { snapshot, repairs, unknowns, warnings } = diagnosis;
  if (repairs.length === 0) {
    const [unknown] = unknowns;
    const doubt = unknown === undefined ? '' : `; it does not tell ${unknown}`;
    const what = `there is nothing wrong with the file that could be mended${doubt}`;
    throw new MappedRamError('unsupported', { what });
  }
  const sizeBytes =
    snapshot.ramLayout === 'classic'
      ? await repairContainer(diagnosis, source, target, options)
      : await rewrite(diagnosis, source, target, options);
  return { repairs, unknowns, warnings, sizeBytes };
}

/** A classic stream in a wrong container: it stays as it is, if it is complete. */
async function repairContainer(
  diagnosis: Diagnosis,
  source: ByteSource,
  target: SnapshotTarget,
  options: TransformOptions,
): Promise<number> {
  const { streamOffset } = diagnosis.snapshot;
  await readClassicStream(source, { async begin() {}, async pages() {} }, openOptions(options));
  const stream: StreamPart = {
    source,
    byteOffset: streamOffset,
    byteLength: source.sizeBytes - streamOffset,
  };
  const sizeBytes = await writeParts(target, 0, [
    ...mendedFront(diagnosis, source, LibvirtFormat.raw),
    stream,
  ]);
  await target.commit({ layout: 'classic', streamOffset });
  return sizeBytes;
}

async function rewrite(
  diagnosis: Diagnosis,
  source: ByteSource,
  target: SnapshotTarget,
  options: TransformOptions,
): Promise<number> {
  const { snapshot } = diagnosis;
  const writer = await createSnapshot(
    target,
    {
      ...layoutOf(snapshot, source),
      front: mendedFront(diagnosis, source, LibvirtFormat.sparse),
      tail: mendedTail(diagnosis, source),
    },
    { detectZeroPages: has(diagnosis, 'bitmaps') },
  );
  if (has(diagnosis, 'bitmaps')) {
    await movePagesByContents(snapshot, source, writer, { ...options, blocks: diagnosis.unmarked });
  } else await movePages(snapshot, writer, options, await countDataBytes(snapshot));
  return (await writer.finish()).sizeBytes;
}

function has({ repairs }: Diagnosis, kind: RepairKind): boolean {
  return repairs.some((repair) => repair.kind === kind);
}

/** Everything before the stream, also where that is no libvirt image. */
function mendedFront(diagnosis: Diagnosis, source: ByteSource, format: number): StreamPart[] {
  const { snapshot } = diagnosis;
  if (snapshot.libvirt === undefined) return [{ source, byteOffset: 0, byteLength: snapshot.streamOffset }];
  return libvirtFront(snapshot, source, {
    format,
    ...(has(diagnosis, 'libvirt-complete') && { isComplete: true }),
    ...(has(diagnosis, 'libvirt-version') && { version: LIBVIRT_VERSION }),
    ...(has(diagnosis, 'libvirt-cookie') && { cookieOffset: 0 }),
  });
}

function mendedTail(diagnosis: Diagnosis, source: ByteSource): StreamPart[] {
  const { snapshot, recordsEnd } = diagnosis;
  const { table } = findBlockTable(snapshot);
  const tableEnd = table.byteOffset + table.byteLength;
  const part = (from: number, to: number): StreamPart => ({
    source,
    byteOffset: from,
    byteLength: to - from,
  });
  const ramEnd = endOfRam(snapshot);
  const frame = has(diagnosis, 'vmdescription') ? undefined : snapshot.vmdescription;
  return [
    part(tableEnd, ramEnd.byteOffset),
    ...(has(diagnosis, 'ram-end') ? ramEnd.section : []),
    part(ramEnd.byteOffset, recordsEnd),
    endMarker(),
    ...(frame === undefined ? [] : [part(frame.byteOffset, frame.byteOffset + frame.byteLength)]),
  ];
}

/** Where the ram state's last section ends, and a section for behind it that ends the state. */
function endOfRam({ sections }: Snapshot): { byteOffset: number; section: StreamPart[] } {
  const last = sections.findLast(
    (section) => section.kind !== 'command' && section.idstr === RAM_SECTION_IDSTR,
  );
  if (last === undefined || last.kind === 'command') throw new TypeError('the snapshot has no ram state');
  const { sectionId } = last;
  const section = [
    continuing('end', sectionId),
    eosWord(),
    ...(last.footer === undefined ? [] : [footer(sectionId)]),
  ];
  return { byteOffset: last.byteOffset + last.byteLength, section };
}
