/** A mistake that an implementer makes, put into a copy of our reader in memory. */
export interface SeededFault {
  readonly id: string;
  /** What the reader does wrong. */
  readonly what: string;
  /** The end of the built module's path. */
  readonly module: string;
  /** Stands in the module exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The vector that names it: its run must fail. */
  readonly caughtBy: string;
}

/** Ten readers that are nearly right. */
export const seededFaults: readonly SeededFault[] = [
  {
    id: 'flags-mask-4k',
    what: 'takes the bits below 4 KiB for flags, whatever the page size',
    module: 'reader/dist/stream/ram-format.js',
    find: 'new MappedRam.RamWord(io, undefined, undefined, pageSize)',
    replace: 'new MappedRam.RamWord(io, undefined, undefined, 4096)',
    caughtBy: 'page-sizes/flag-400-of-1k',
  },
  {
    id: 'tail-bits-counted',
    what: 'counts the bits behind the last page as pages',
    module: 'format/dist/bitmap.js',
    find: 'count += popcount(readHalf(words, half, order) & maskBelow(pageCount - half * HALF_BITS));',
    replace: 'count += popcount(readHalf(words, half, order));',
    caughtBy: 'bitmap/tail-bits',
  },
  {
    id: 'big-endian-bitmap',
    what: 'reads the words of the bitmap as big-endian',
    module: 'reader/dist/stream/stream-walk.js',
    find: "wordOrder = 'le'",
    replace: "wordOrder = 'be'",
    caughtBy: 'header/bitmap-moved',
  },
  {
    id: 'one-mebibyte-insisted-on',
    what: 'refuses pages that do not begin at a multiple of 1 MiB, where QEMU happens to put them',
    module: 'reader/dist/stream/block-table.js',
    find: 'blocks.push(block);',
    replace:
      "if (!block.ignored && block.pagesOffset % 0x100000 !== 0) throw new MappedRamError('bad-block-table', { byteOffset: block.byteOffset }); blocks.push(block);",
    caughtBy: 'header/pages-repacked',
  },
  {
    id: 'eos-swallowed',
    what: 'reads on over a second EOS word',
    module: 'reader/dist/stream/ram-body.js',
    find: 'body.ended = (word.flags & RamFlag.eos) !== 0;',
    replace:
      'body.ended = (word.flags & RamFlag.eos) !== 0; if (body.ended && (await readRamWord(window, draft.endOffset, pageSize)).word === 16n) draft.endOffset += 8;',
    caughtBy: 'eos/twice-in-part',
  },
  {
    id: 'stale-bytes-shown',
    what: 'gives what lies in the file also for pages whose bit is clear',
    module: 'reader/dist/ram/read-pages.js',
    find: 'forEachRun(bitmap.bytes, order,',
    replace: 'forEachRun(bitmap.bytes.fill(0xff), order,',
    caughtBy: 'pages/stale-bytes',
  },
  {
    id: 'pages-rounded-up',
    what: 'counts a last page that is not whole',
    module: 'format/dist/layout.js',
    find: 'return Math.floor(usedLength / pageSize);',
    replace: 'return Math.ceil(usedLength / pageSize);',
    caughtBy: 'block-table/used-length-unaligned',
  },
  {
    id: 'address-not-read',
    what: 'does not know of the address in the entries of a file with x-ignore-shared',
    module: 'reader/dist/stream/ram-format.js',
    find: 'hasGuestPhysicalAddress: capabilities.includes(IGNORE_SHARED_CAPABILITY)',
    replace: 'hasGuestPhysicalAddress: false',
    caughtBy: 'captures/ignore-shared-11',
  },
  {
    id: 'libvirt-header-forgotten',
    what: 'takes the length in a libvirt header for the place of the stream',
    module: 'reader/dist/stream/stream-start.js',
    find: 'libvirt.byteLength + libvirt.dataLengthBytes',
    replace: 'libvirt.dataLengthBytes',
    caughtBy: 'containers/libvirt-sparse',
  },
  {
    id: 'footer-id-ignored',
    what: 'takes any footer for that of the section',
    module: 'reader/dist/stream/section-end.js',
    find: 'if (footer.sectionId === sectionId)',
    replace: 'if (footer.sectionId >= 0)',
    caughtBy: 'footers/id-wrong',
  },
  {
    id: 'stream-without-configuration-refused',
    what: 'takes a stream without a configuration section for none of mapped-ram',
    module: 'reader/dist/stream/ram-format.js',
    find: 'this.#entryFormat ??= await this.#sniffEntryFormat(firstEntryOffset);',
    replace: "this.#entryFormat ??= { layout: 'classic', hasGuestPhysicalAddress: false };",
    caughtBy: 'configuration/missing',
  },
];
