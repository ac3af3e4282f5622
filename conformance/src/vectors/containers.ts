import type { Outcome } from '@mapped-ram/lint';
import { type VectorDefinition, vector } from '../builder/define.js';
import { be, type Mutation } from '../builder/mutation.js';
import type { ExpectedOutcome } from '../vector/vector.js';

const OFFSET_1_MIB = 'qemu-10.0/offset-aligned';
const MIB = 0x100000;

/** A classic stream behind libvirt's header, and the records of its first two pages. */
const RAW = 'libvirt-11.3/save-raw';
const FIRST_PAGE = 0x10579;
/** Where the START of ram ends: the header of a PART is between it and the first page. */
const START_END = FIRST_PAGE - 5;
const SECOND_PAGE = FIRST_PAGE + 8 + 7 + 4096;

/** The numbers of libvirt's header by their offsets in it, CONTAINER-3. */
const libvirtField = { version: 16, dataLength: 20, wasRunning: 24, format: 28, cookieOffset: 32 } as const;

/** Writes a number of libvirt's header, little-endian as in the capture. */
function setField(m: Mutation, field: keyof typeof libvirtField, value: number): void {
  m.bytes(libvirtField[field], be(4, value).reverse());
}

/** Replaces something in the domain XML, and moves the cookie behind it. What is made longer takes of the padding. */
function editXml(m: Mutation, before: string, after: string): void {
  const from = 92;
  const length = m.model.streamOffset - from;
  const [xml = '', cookie = ''] = Buffer.from(m.original(from, length)).toString('latin1').split('\0');
  if (!xml.includes(before)) throw new RangeError(`the XML has no ${before}`);
  const edited = xml.replace(before, after);
  m.bytes(from, `${edited}\0${cookie}\0`);
  setField(m, 'cookieOffset', edited.length + 1);
}

/** The block table of the raw image, with its word. */
function classicTable(m: Mutation): Uint8Array<ArrayBuffer> {
  const { bodyOffset } = m.ramStart;
  const eosAndFooter = 8 + 5;
  return Uint8Array.from(m.original(bodyOffset, START_END - bodyOffset - eosAndFooter));
}

/** Turns every number of libvirt's header round. */
function swapFields(m: Mutation): void {
  for (const offset of Object.values(libvirtField)) m.bytes(offset, m.original(offset, 4).reverse());
}

interface LibvirtImage {
  readonly what: string;
  readonly why: string;
  readonly clauses: readonly string[];
  readonly outcome: ExpectedOutcome;
  /** What libvirt does with the image. */
  readonly verdict: Outcome;
  /** What libvirt of the time of another QEMU does, where that differs. */
  readonly verdictOf?: VectorDefinition['verdictOf'];
  readonly rules?: readonly string[];
  readonly readersMayReject?: boolean;
  readonly mappedRam?: false;
  /** `libvirt-11.3/save-sparse` by default. */
  readonly base?: string;
  mutate?(m: Mutation): void;
}

/** A vector that is a libvirt save image: QEMU is only ever given the stream inside. */
function libvirtImage(slug: string, source: LibvirtImage): VectorDefinition {
  return vector(`containers/libvirt-${slug}`, {
    base: 'libvirt-11.3/save-sparse',
    mutate: () => {},
    ...source,
    stage: 'container',
    readBy: 'libvirt',
  });
}

/** Streams that do not start at the beginning of the file. */
export const containerVectors = [
  vector('containers/offset-not-told', {
    what: 'The stream starts at 1 MiB, and nobody says so.',
    why: 'Nothing marks the offset: the beginning of the file reads as zeros.',
    clauses: ['CONTAINER-1', 'CONTAINER-2'],
    base: OFFSET_1_MIB,
    streamOffset: 0,
    stage: 'container',
    outcome: 'rejected',
    rules: ['not-a-migration-stream'],
    mutate: () => {},
  }),
  vector('containers/offset-cut-off', {
    what: 'The MiB in front of the stream was cut off.',
    why: 'The offsets count from the start of the file: a stream that is moved is broken.',
    clauses: ['HEADER-6', 'CONTAINER-1'],
    base: OFFSET_1_MIB,
    streamOffset: 0,
    stage: 'mapped-ram-header',
    outcome: 'rejected',
    rules: ['block-name'],
    mutate: (m) => m.remove(0, MIB),
  }),
  vector('containers/moved-back', {
    what: 'A MiB was put in front of a stream that began at 0.',
    why: 'The offsets count from the start of the file: a stream that is moved is broken.',
    clauses: ['HEADER-6', 'CONTAINER-1'],
    streamOffset: MIB,
    stage: 'mapped-ram-header',
    outcome: 'rejected',
    rules: ['pages-overlap', 'ram-flags-unknown'],
    mutate: (m) => m.insertZeros(0, MIB),
  }),
  libvirtImage('sparse', {
    what: 'A libvirt save image of format 6.',
    why: 'The control for the vectors with a damaged header.',
    clauses: ['CONTAINER-3', 'CONTAINER-6', 'CONTAINER-7'],
    outcome: 'accepted',
    verdict: 'restores',
  }),
  libvirtImage('big-endian', {
    what: 'A libvirt save image whose header was written by a big-endian host.',
    why: 'The version tells the byte order.',
    clauses: ['CONTAINER-4'],
    outcome: 'accepted',
    verdict: 'restores',
    mutate: swapFields,
  }),
  libvirtImage('incomplete', {
    what: 'A libvirt save image with the magic of an incomplete one.',
    why: 'libvirt writes the other magic when it is done, and refuses this one.',
    clauses: ['CONTAINER-3', 'CONTAINER-8'],
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['libvirt-incomplete'],
    mutate: (m) => m.bytes(0, 'LibvirtQemudPart'),
  }),
  libvirtImage('version', {
    what: 'A libvirt save image of version 3, in either byte order.',
    why: 'A newer header may have other fields.',
    clauses: ['CONTAINER-3', 'CONTAINER-4'],
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['libvirt-version'],
    mutate: (m) => setField(m, 'version', 3),
  }),
  libvirtImage('format-raw', {
    what: 'A libvirt save image that says format 0, with a mapped-ram stream in it.',
    why: 'libvirt hands QEMU the stream as a pipe, in which nothing can be looked up.',
    clauses: ['CONTAINER-7'],
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['libvirt-format'],
    mutate: (m) => setField(m, 'format', 0),
  }),
  libvirtImage('format-gzip', {
    what: 'A libvirt save image that says format 1, gzip, with a mapped-ram stream in it.',
    why: 'libvirt lets gzip unpack what is no gzip file, and waits for it for ever.',
    clauses: ['CONTAINER-7'],
    outcome: 'hazard',
    verdict: 'crashes',
    rules: ['libvirt-format'],
    mutate: (m) => setField(m, 'format', 1),
  }),
  libvirtImage('classic-stream', {
    what: 'A libvirt save image that says format 6, with a classic stream in it.',
    why: 'That is what libvirt 11.3 writes for an external snapshot with snapshot_image_format = "sparse".',
    clauses: ['CONTAINER-7', 'CONFIG-5'],
    base: 'libvirt-11.3/snapshot-sparse',
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['libvirt-format'],
  }),
  libvirtImage('raw', {
    what: 'A libvirt save image of format 0, with a classic stream in it.',
    why: 'libvirt leaves mapped-ram off for it.',
    clauses: ['CLASSIC-1', 'CONTAINER-7'],
    base: RAW,
    mappedRam: false,
    readersMayReject: true,
    outcome: 'accepted',
    verdict: 'restores',
    rules: ['not-mapped-ram'],
  }),
  libvirtImage('raw-page-of-no-block', {
    what: 'A libvirt save image of format 0; its first page names a block that is not in the table.',
    why: 'A page of a classic stream comes with the name of its block.',
    clauses: ['CLASSIC-2'],
    base: RAW,
    mappedRam: false,
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['classic-page-record', 'not-mapped-ram'],
    mutate: (m) => m.bytes(FIRST_PAGE + 9, 'PC'),
  }),
  libvirtImage('raw-page-missing', {
    what: 'A libvirt save image of format 0; its second page has the address of the first.',
    why: 'Nothing comes of a page then, and it stays what the destination has there.',
    clauses: ['CLASSIC-4'],
    base: RAW,
    mappedRam: false,
    readersMayReject: true,
    outcome: 'hazard',
    verdict: 'wrong-memory',
    rules: ['classic-pages-missing', 'not-mapped-ram'],
    mutate: (m) => m.u64(SECOND_PAGE, 0x28n),
  }),
  libvirtImage('raw-start-twice', {
    what: 'A libvirt save image of format 0; the START of ram is there twice.',
    why: 'QEMU reads a second block table as it read the first.',
    clauses: ['CLASSIC-1'],
    base: RAW,
    mappedRam: false,
    readersMayReject: true,
    outcome: 'accepted',
    verdict: 'restores',
    rules: ['section-id-duplicate', 'ram-section-order', 'not-mapped-ram'],
    mutate: (m) => {
      const { typeOffset } = m.ramStart;
      m.insert(START_END, m.original(typeOffset, START_END - typeOffset));
    },
  }),
  libvirtImage('raw-table-twice', {
    what: 'A libvirt save image of format 0; the block table comes again before the second page.',
    why: 'The page goes on with the block of the page before all the same.',
    clauses: ['CLASSIC-1'],
    base: RAW,
    mappedRam: false,
    readersMayReject: true,
    outcome: 'accepted',
    verdict: 'restores',
    rules: ['not-mapped-ram'],
    mutate: (m) => m.insert(SECOND_PAGE, classicTable(m)),
  }),
  libvirtImage('raw-table-longer', {
    what: 'A libvirt save image of format 0; the block table comes again, and gives its first block another length.',
    why: 'QEMU compares the length with that of its own block.',
    clauses: ['CLASSIC-1'],
    base: RAW,
    mappedRam: false,
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['block-table', 'not-mapped-ram'],
    mutate(m) {
      const table = classicTable(m);
      // The first block's length, behind its name; and so the total.
      const view = new DataView(table.buffer);
      for (const at of [0, 8 + 7]) view.setBigUint64(at, view.getBigUint64(at) + 4096n);
      m.insert(SECOND_PAGE, table);
    },
  }),
  libvirtImage('raw-length-huge', {
    what: 'A libvirt save image of format 0; the length of its first block is 2^64 - 1.',
    why: 'QEMU compares the length with that of its own block.',
    clauses: ['CLASSIC-1', 'STREAM-4'],
    base: RAW,
    mappedRam: false,
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['value-too-large', 'not-mapped-ram'],
    mutate: (m) => m.u64(m.ramStart.bodyOffset + 8 + 7, 2n ** 64n - 1n),
  }),
  libvirtImage('raw-table-cut-off', {
    what: 'A libvirt save image of format 0; its block table is announced with a total that its first block exceeds.',
    why: 'QEMU reads on until the lengths are the total, and takes what is no entry for one.',
    clauses: ['CLASSIC-1', 'BLOCK-1'],
    base: RAW,
    mappedRam: false,
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['block-table', 'not-mapped-ram'],
    mutate: (m) => m.u64(m.ramStart.bodyOffset, 0x1004n),
  }),
  libvirtImage('raw-xbzrle', {
    what: 'A libvirt save image of format 0; its second page is stored as a difference.',
    why: 'What xbzrle stores is walked over, and not read.',
    clauses: ['CLASSIC-5'],
    base: RAW,
    mappedRam: false,
    readersMayReject: true,
    outcome: 'accepted',
    verdict: 'restores',
    rules: ['classic-pages-unread', 'not-mapped-ram'],
    mutate: (m) => {
      m.u8(SECOND_PAGE + 7, 0x60);
      // How it is encoded, its length, no equal bytes, and then 4,090 that differ.
      m.bytes(SECOND_PAGE + 8, Uint8Array.of(1, 0x0f, 0xfd, 0, 0xfa, 0x1f));
    },
  }),
  libvirtImage('raw-cut', {
    what: 'A libvirt save image of format 0 that ends in its pages.',
    why: 'A disk that is full leaves such an image, with its first magic; a copy that did not finish one with the second.',
    clauses: ['CLASSIC-2', 'END-1'],
    base: RAW,
    mappedRam: false,
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['stream-truncated', 'not-mapped-ram'],
    mutate: (m) => m.truncate(SECOND_PAGE + 100),
  }),
  libvirtImage('cookie-offset', {
    what: 'A libvirt save image whose cookieOffset is more than its data_len.',
    why: 'libvirtd 11.3 aborts, and takes everything with it that it manages; 12.9 refuses the image.',
    clauses: ['CONTAINER-5'],
    outcome: 'hazard',
    verdict: 'refused',
    verdictOf: { '10.0': 'crashes' },
    rules: ['libvirt-cookie-offset'],
    mutate: (m) => setField(m, 'cookieOffset', m.model.streamOffset - 92 + 100),
  }),
  libvirtImage('header-cut', {
    what: 'A libvirt save image whose data_len reaches past the end of the file.',
    why: 'There is no stream where the header says.',
    clauses: ['CONTAINER-3', 'CONTAINER-6'],
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['libvirt-header'],
    mutate: (m) => setField(m, 'dataLength', 64 * MIB),
  }),
  libvirtImage('data-length', {
    what: 'A libvirt save image whose data_len is 4096 less than it should be.',
    why: 'The stream is looked for in the padding.',
    clauses: ['CONTAINER-6'],
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['not-a-migration-stream'],
    mutate: (m) => setField(m, 'dataLength', m.model.streamOffset - 92 - 4096),
  }),
  libvirtImage('xml-malformed', {
    what: 'A libvirt save image whose domain XML is not well-formed.',
    why: 'The stream is good, and virsh refuses the image.',
    clauses: ['CONTAINER-10'],
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['libvirt-xml'],
    mutate: (m) => editXml(m, '</domain>', '</domaim>'),
  }),
  libvirtImage('xml-without-name', {
    what: 'A libvirt save image whose domain has no name.',
    why: 'The XML is well-formed, and virsh refuses it.',
    clauses: ['CONTAINER-10'],
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['libvirt-xml'],
    mutate: (m) => editXml(m, '<name>capture</name>', ''),
  }),
  libvirtImage('xml-machine', {
    what: 'A libvirt save image whose XML gives another machine type than the stream.',
    why: 'QEMU compares it.',
    clauses: ['CONTAINER-10', 'CONFIG-2'],
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['libvirt-domain-mismatch'],
    mutate: (m) => editXml(m, 'pc-i440fx-10.0', 'pc-i440fx-9.2'),
  }),
  libvirtImage('xml-memory', {
    what: 'A libvirt save image whose XML gives more memory than the stream has.',
    why: 'With mapped-ram QEMU does not compare the size: the guest goes on and never learns of the rest.',
    clauses: ['CONTAINER-10'],
    outcome: 'accepted',
    verdict: 'restores',
    rules: ['libvirt-domain-mismatch'],
    mutate: (m) => editXml(m, "<memory unit='KiB'>16384<", "<memory unit='KiB'>32768<"),
  }),
  libvirtImage('xml-mapped-memory', {
    what: 'A libvirt save image whose XML maps the main RAM from a file, with zero pages in the stream that are not stored.',
    why: 'That is what a clone would save without zero-page-detection=none: zero pages come back as what the file has there.',
    clauses: ['CONTAINER-10', 'BITMAP-3'],
    outcome: 'hazard',
    verdict: 'wrong-memory',
    rules: ['libvirt-mapped-memory'],
    mutate: (m) =>
      editXml(
        m,
        '</domain>',
        "<commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><arg value='-object'/><arg value='memory-backend-file,id=pc.ram,size=16777216,mem-path=/vms/base.save,offset=1048576,share=off,readonly=on,rom=off'/></commandline></domain>",
      ),
  }),
  libvirtImage('xml-ignore-shared', {
    what: 'A libvirt save image whose XML switches x-ignore-shared on, with a stream that was saved without it.',
    why: 'QEMU compares the capabilities, and libvirt knows nothing of this one.',
    clauses: ['CONTAINER-10', 'SHARED-1'],
    outcome: 'rejected',
    verdict: 'refused',
    rules: ['libvirt-ignore-shared'],
    mutate: (m) =>
      editXml(
        m,
        '</domain>',
        "<commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><arg value='-global'/><arg value='migration.x-ignore-shared=on'/></commandline></domain>",
      ),
  }),
];
