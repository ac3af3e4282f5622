import { findUnmarkedPages, hasRamEnd, type UnmarkedPages } from '@mapped-ram/facts';
import { MappedRamError, RAM_SECTION_IDSTR } from '@mapped-ram/format';
import { type ByteSource, openSnapshot, type RamBlock, type Snapshot } from '@mapped-ram/reader';
import { LIBVIRT_VERSION, LibvirtFormat } from '@mapped-ram/writer';
import { openOptions } from '../complete-snapshot.js';
import { checkNotCompressed } from '../libvirt-image.js';
import type { RepairOptions } from './repair-options.js';
import type { Repair, RepairKind } from './repair-report.js';

/** What is wrong with a file, all of which can be mended. */
export interface Diagnosis {
  readonly snapshot: Snapshot;
  /** Where the records of the stream end: there is the end marker, or belongs. */
  readonly recordsEnd: number;
  readonly repairs: readonly Repair[];
  readonly unknowns: readonly string[];
  readonly warnings: readonly string[];
  /** Blocks whose bitmap is made anew from what their pages hold. */
  readonly unmarked: ReadonlySet<RamBlock>;
}

/**
 * Finds out what is wrong with a file.
 *
 * @throws MappedRamError `incomplete-save` where memory or device state is not in the file; the first problem that cannot
 * be mended; `read-failed`.
 */
export async function diagnose(source: ByteSource, options: RepairOptions): Promise<Diagnosis> {
  const snapshot = await openSnapshot(source, { ...openOptions(options), tolerant: true });
  // The stream tells what it is; what the header says of it may be what is wrong.
  if (snapshot.streamVersion === undefined) checkNotCompressed(snapshot);
  const found = new Findings();
  diagnoseContainer(snapshot, found);
  const recordsEnd =
    snapshot.ramLayout === 'classic' ? source.sizeBytes : diagnoseEnd(snapshot, source, found);
  const isClassic = snapshot.ramLayout === 'classic';
  const unmarked = isClassic ? [] : await diagnoseMemory(snapshot, source, options, found);
  return {
    snapshot,
    recordsEnd,
    repairs: found.repairs,
    unknowns: found.unknowns,
    warnings: found.warnings,
    unmarked: new Set(unmarked),
  };
}

class Findings {
  readonly repairs: Repair[] = [];
  readonly unknowns: string[] = [];
  readonly warnings: string[] = [];

  add(kind: RepairKind, message: string, unknown?: string): void {
    this.repairs.push({ kind, message });
    if (unknown !== undefined) this.unknowns.push(unknown);
  }
}

function diagnoseContainer({ libvirt, ramLayout }: Snapshot, found: Findings): void {
  if (libvirt === undefined) return;
  if (libvirt.magic === 'LibvirtQemudPart') {
    found.add(
      'libvirt-complete',
      "libvirt's header said that the image is incomplete; the stream is complete, and now the header says so",
      'why libvirt did not mark the image as complete',
    );
    found.warnings.push(
      'libvirt may have let the domain go on after this save. Do not restore the image over disks that the domain wrote since: its memory does not know of that',
    );
  }
  if (libvirt.version > LIBVIRT_VERSION) {
    found.add(
      'libvirt-version',
      `libvirt's header had version ${libvirt.version}, which no libvirt takes; now it has ${LIBVIRT_VERSION}`,
    );
  }
  if (libvirt.cookieOffset > libvirt.dataLengthBytes) {
    found.add(
      'libvirt-cookie',
      "the cookie of libvirt's header lay behind its data; now the image has none, which libvirt does not need",
    );
  }
  const format = ramLayout === 'classic' ? 'raw' : 'sparse';
  if (libvirt.format === LibvirtFormat[format]) return;
  found.add(
    'libvirt-format',
    `libvirt's header named format ${libvirt.format}; the stream is of format ${LibvirtFormat[format]} (${format})`,
  );
}

/** Looks at what is behind the last section; where the records end. */
function diagnoseEnd(snapshot: Snapshot, source: ByteSource, found: Findings): number {
  const { problems, endMarkerOffset, vmdescription } = snapshot;
  for (const { error, stopped } of problems) {
    if (stopped || error.path?.startsWith('vmdescription') !== true) continue;
    found.add('vmdescription', 'the vmdescription was damaged and is left out: QEMU does not need it');
  }
  const other = problems.find(({ error, stopped }) => !stopped && !error.path?.startsWith('vmdescription'));
  if (other !== undefined) throw other.error;
  if (endMarkerOffset !== undefined) return endMarkerOffset;

  const stop = problems.find(({ stopped }) => stopped)?.error;
  const last = snapshot.sections.at(-1);
  const recordsEnd = last === undefined ? 0 : last.byteOffset + last.byteLength;
  if (last === undefined || stop?.byteOffset !== recordsEnd) throw stop ?? notComplete();
  if (last.kind !== 'full') throw notComplete();
  const isCut =
    stop.code === 'unexpected-end' && recordsEnd === source.sizeBytes && last.footer !== undefined;
  if (!isCut && vmdescription?.byteOffset !== recordsEnd) throw stop;
  checkDevices(snapshot);
  found.add(
    'end-marker',
    'the stream did not end; its end marker was added',
    isCut ? 'whether state of further devices followed' : undefined,
  );
  return recordsEnd;
}

/** With a vmdescription one can count. */
function checkDevices({ sections, vmdescription }: Snapshot): void {
  const expected = vmdescription?.json?.devices.length;
  const actual = sections.filter(({ kind }) => kind === 'full').length;
  if (expected === undefined || expected === actual) return;
  throw new MappedRamError('incomplete-save', {
    what: 'state of devices is missing that the vmdescription lists',
    path: 'sections',
    expected,
    actual,
  });
}

/** Looks at guest memory; the blocks whose bitmaps do not mark what they should. */
async function diagnoseMemory(
  snapshot: Snapshot,
  source: ByteSource,
  { markUnclearPages = false }: RepairOptions,
  found: Findings,
): Promise<RamBlock[]> {
  const hasEnd = hasRamEnd(snapshot);
  const { sections } = snapshot;
  const hasDevices = sections.some(({ kind }) => kind === 'full');
  if (!hasEnd && !hasDevices) throw notComplete();
  if (!hasEnd) {
    const started = sections.some(
      (section) => section.kind === 'start' && section.idstr === RAM_SECTION_IDSTR,
    );
    if (!started) throw notComplete();
    found.add('ram-end', 'the section that ends the ram state was missing and was added');
  }
  const { blocks, manner, isEveryBlockClear } = await findUnmarkedPages(snapshot, source);
  const unclear = blocks.filter(({ meaning }) => meaning === 'unclear');
  const marked = blocks.filter(
    ({ meaning }) => meaning === 'lost' || (meaning === 'unclear' && markUnclearPages),
  );
  if (marked.length > 0) {
    // A background snapshot stores each page once, though the guest runs.
    const mayBeStale = hasEnd && manner.guest !== 'standstill';
    found.add(
      'bitmaps',
      isEveryBlockClear
        ? 'every bitmap was zero; they were rebuilt from the pages that are not zero'
        : `the bitmaps did not mark ${pagesInWords(marked)} that hold data; now they do`,
      mayBeStale
        ? 'which pages became zero after they were stored, if the guest ran during the save'
        : undefined,
    );
  }
  if (!markUnclearPages && unclear.length > 0) {
    found.unknowns.push(
      `whether ${pagesInWords(unclear)} that hold data and are not marked are memory or were left behind, since ${manner.because}; they were left as they are, and --mark-pages marks them`,
    );
  }
  return marked.map(({ block }) => block);
}

function pagesInWords(blocks: readonly UnmarkedPages[]): string {
  return blocks
    .map(({ block, pageCount }) => `${pageCount} ${pageCount === 1 ? 'page' : 'pages'} of ${block.idstr}`)
    .join(', ');
}

function notComplete(): MappedRamError {
  const what = 'the save was cut short: which pages it stored was never written, and device state is missing';
  return new MappedRamError('incomplete-save', { what });
}
