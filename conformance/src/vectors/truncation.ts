import { type VectorDefinition, vector } from '../builder/define.js';
import type { Mutation } from '../builder/mutation.js';
import type { Stage } from '../vector/vector.js';

interface Cut {
  readonly where: string;
  readonly clauses: readonly string[];
  readonly stage: Stage;
  /** Size of what is left, in bytes. */
  at(m: Mutation): number;
}

/** A vector whose file ends too early for any restore. */
function cut(slug: string, { where, clauses, stage, at }: Cut): VectorDefinition {
  return vector(`truncation/${slug}`, {
    what: `The file ends ${where}.`,
    why: 'A full disk or a broken copy cuts a file anywhere, and each place is read by other code.',
    clauses,
    stage,
    outcome: 'rejected',
    rules: ['stream-truncated'],
    mutate: (m) => m.truncate(at(m)),
  });
}

/** Files that end too early. */
export const truncationVectors = [
  cut('magic', { where: 'in the magic', clauses: ['STREAM-1'], stage: 'stream-header', at: () => 2 }),
  cut('header', {
    where: 'after magic and version',
    clauses: ['STREAM-6'],
    stage: 'configuration',
    at: () => 8,
  }),
  cut('machine', {
    where: 'in the machine type',
    clauses: ['CONFIG-2'],
    stage: 'configuration',
    at: (m) => m.configuration.machineOffset + 2,
  }),
  cut('capabilities', {
    where: 'in the name of a capability',
    clauses: ['CONFIG-5'],
    stage: 'configuration',
    at: (m) => m.configuration.firstCapabilityOffset + 4,
  }),
  cut('after-configuration', {
    where: 'after the configuration section',
    clauses: ['END-1'],
    stage: 'section',
    at: (m) => m.configuration.end,
  }),
  cut('section-header', {
    where: 'in the header of START',
    clauses: ['SECTION-2'],
    stage: 'section',
    at: (m) => m.ramStart.instanceIdOffset + 2,
  }),
  cut('mem-size', {
    where: 'in the MEM_SIZE word',
    clauses: ['RAM-2'],
    stage: 'ram-words',
    at: (m) => m.memSizeOffset + 4,
  }),
  cut('block-entry', {
    where: 'in a block’s used_length',
    clauses: ['BLOCK-2'],
    stage: 'block-table',
    at: (m) => m.block(0).usedLengthOffset + 4,
  }),
  cut('mapped-ram-header', {
    where: 'in a mapped-ram header',
    clauses: ['HEADER-1'],
    stage: 'mapped-ram-header',
    at: (m) => m.block(0).pagesOffsetOffset,
  }),
  vector('truncation/bitmap', {
    what: 'The file ends in a bitmap.',
    why: 'The bitmap is the last part of the metadata in front of the pages.',
    clauses: ['LAYOUT-6'],
    stage: 'bitmap',
    outcome: 'rejected',
    rules: ['bitmap-offset-outside'],
    mutate: (m) => m.truncate(m.block(0).bitmapOffset + 4),
  }),
  vector('truncation/before-pages', {
    what: 'The file ends in the padding in front of the pages.',
    why: 'All of the metadata is there and none of the memory.',
    clauses: ['LAYOUT-6', 'MULTIFD-3'],
    stage: 'pages',
    outcome: 'hazard',
    rules: ['pages-truncated'],
    mutate: (m) => m.truncate(m.block(0).pagesOffset - 4096),
  }),
  vector('truncation/in-a-page', {
    what: 'The file ends in the middle of the first page.',
    why: 'A restoring QEMU refuses it, and with multifd it crashes or hangs.',
    clauses: ['LAYOUT-6', 'MULTIFD-3'],
    stage: 'pages',
    outcome: 'hazard',
    rules: ['pages-truncated'],
    mutate: (m) => m.truncate(m.block(0).pagesOffset + 2048),
  }),
  vector('truncation/last-page', {
    what: 'The file ends a byte before the end of the last page.',
    why: 'All pages but one are whole.',
    clauses: ['LAYOUT-6', 'MULTIFD-3'],
    stage: 'pages',
    outcome: 'hazard',
    rules: ['pages-truncated'],
    mutate: (m) => m.truncate(m.block(0).pagesEnd - 1),
  }),
  vector('truncation/clear-pages', {
    what: 'The file ends after its last set page, before pages that are clear and the rest of the stream.',
    why: 'No memory is lost, but the stream is.',
    clauses: ['LAYOUT-4', 'END-1'],
    stage: 'ram-words',
    outcome: 'rejected',
    rules: ['stream-truncated'],
    mutate: (m) => {
      const { bitmapOffset, pagesOffset } = m.block(0);
      const [low = 0] = m.original(bitmapOffset, 1);
      // The last pages are set in the base: their bits and bytes go, and the file ends where they began.
      m.bytes(bitmapOffset, Uint8Array.of(low, 0));
      m.truncate(pagesOffset + 8 * 4096);
    },
  }),
  cut('after-pages', {
    where: 'after the last page, before the EOS word',
    clauses: ['LAYOUT-4', 'EOS-1'],
    stage: 'ram-words',
    at: (m) => m.block(0).pagesEnd,
  }),
  cut('eos', {
    where: 'in the EOS word of START',
    clauses: ['EOS-1'],
    stage: 'ram-words',
    at: (m) => m.ramStart.eosOffset + 4,
  }),
  cut('after-eos', {
    where: 'after the EOS word of START',
    clauses: ['FOOTER-1'],
    stage: 'footer',
    at: (m) => m.ramStart.bodyEnd,
  }),
  cut('footer', {
    where: 'in the footer of START',
    clauses: ['FOOTER-1'],
    stage: 'footer',
    at: (m) => m.ramStart.footerOffset + 3,
  }),
  cut('section-boundary', {
    where: 'after START',
    clauses: ['END-1'],
    stage: 'section',
    at: (m) => m.ramStart.end,
  }),
  cut('device-state', {
    where: 'in the body of a device state',
    clauses: ['SECTION-6'],
    stage: 'device-state',
    at: (m) => m.firstDevice.bodyOffset + 1,
  }),
  cut('end-marker', {
    where: 'right before the end marker',
    clauses: ['END-1'],
    stage: 'end',
    at: (m) => m.endMarkerOffset,
  }),
  vector('truncation/vmdescription', {
    what: 'The file ends in the vmdescription.',
    why: 'QEMU does not need the description, and restores.',
    clauses: ['VMDESC-4'],
    stage: 'vmdescription',
    outcome: 'accepted',
    readersMayReject: true,
    rules: ['vmdescription-bad'],
    mutate: (m) => m.truncate(m.vmdescription.jsonOffset + 100),
  }),
  vector('truncation/after-end-marker', {
    what: 'The file ends after the end marker.',
    why: 'The vmdescription may be absent; QEMU restores.',
    clauses: ['END-2', 'VMDESC-2'],
    stage: 'vmdescription',
    outcome: 'accepted',
    rules: ['vmdescription-missing'],
    mutate: (m) => m.truncate(m.endMarkerOffset + 1),
  }),
];
