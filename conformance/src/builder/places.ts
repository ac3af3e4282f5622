import type {
  Configuration,
  ContinuingSection,
  OpeningSection,
  RamBlock,
  Section,
  StreamModel,
} from '@mapped-ram/reader';

/** Where the parts of a block's entry and header are. Offsets in the unmutated capture. */
export interface BlockPlaces extends RamBlock {
  /** Of the length byte; the characters follow. */
  readonly idstrOffset: number;
  readonly usedLengthOffset: number;
  readonly headerVersionOffset: number;
  readonly pageSizeOffset: number;
  /** Of the header's field. */
  readonly bitmapOffsetOffset: number;
  /** Of the header's field. */
  readonly pagesOffsetOffset: number;
  /** Where the bitmap ends. */
  readonly bitmapEnd: number;
  /** Where the pages end and the stream goes on. */
  readonly pagesEnd: number;
}

/** Where the parts of a START, PART, END or FULL section are. Offsets in the unmutated capture. */
export interface SectionPlaces {
  readonly typeOffset: number;
  readonly idOffset: number;
  readonly sectionId: number;
  /** Of the length byte. START and FULL only, as the two that follow. */
  readonly idstrOffset: number;
  readonly instanceIdOffset: number;
  readonly versionIdOffset: number;
  readonly bodyOffset: number;
  readonly bodyEnd: number;
  /** Of the 0x7e byte; the section's id follows. */
  readonly footerOffset: number;
  /** After the footer. */
  readonly end: number;
  /** Of the word that ends the body. ram sections only. */
  readonly eosOffset: number;
}

/** Where the parts of the configuration section are. Offsets in the unmutated capture. */
export interface ConfigurationPlaces {
  readonly typeOffset: number;
  readonly machineLengthOffset: number;
  readonly machineOffset: number;
  readonly machine: string;
  /** Of the 0x05 byte of `configuration/capabilities`. */
  readonly capabilitiesOffset: number;
  /** Of the be32 count. */
  readonly capabilityCountOffset: number;
  /** Of the length byte of the first name. */
  readonly firstCapabilityOffset: number;
  readonly end: number;
}

/** Finds the places of a good capture's parts, so that a mutation needs no numbers. */
export class Places {
  readonly #model: StreamModel;

  constructor(model: StreamModel) {
    this.#model = model;
  }

  get model(): StreamModel {
    return this.#model;
  }

  /** A block by its position in the table or its idstr. */
  block(which: number | string): BlockPlaces {
    const blocks = this.#model.ramBlocks;
    const block = there(
      typeof which === 'number' ? blocks[which] : blocks.find(({ idstr }) => idstr === which),
      `block ${which}`,
    );
    return {
      ...block,
      idstrOffset: block.byteOffset,
      usedLengthOffset: block.byteOffset + 1 + Buffer.byteLength(block.idstr, 'latin1'),
      headerVersionOffset: block.headerOffset,
      pageSizeOffset: block.headerOffset + 4,
      bitmapOffsetOffset: block.headerOffset + 12,
      pagesOffsetOffset: block.headerOffset + 20,
      bitmapEnd: block.bitmapOffset + block.bitmapLengthBytes,
      pagesEnd: block.pagesOffset + block.usedLength,
    };
  }

  /** Where MEM_SIZE is, with the total in its upper bits. */
  get memSizeOffset(): number {
    const start = this.#model.sections.find(({ kind, ...section }) => kind === 'start' && 'ram' in section);
    return there(start as OpeningSection | undefined, 'START(ram)').ram?.words[0]?.byteOffset ?? Number.NaN;
  }

  /** The total in the MEM_SIZE word, in bytes. */
  get totalBytes(): bigint {
    return this.#model.ramBlocks.reduce((sum, { usedLength }) => sum + BigInt(usedLength), 0n);
  }

  /** The START section of ram. */
  get ramStart(): SectionPlaces {
    return sectionPlaces(this.#find('start', 'ram'));
  }

  /** One of ram's PART sections; the first by default. */
  ramPart(index = 0): SectionPlaces {
    return sectionPlaces(this.#find('part', 'ram', index));
  }

  /** The END section of ram. */
  get ramEnd(): SectionPlaces {
    return sectionPlaces(this.#find('end', 'ram'));
  }

  /** A FULL section by its idstr. */
  device(idstr: string): SectionPlaces {
    return sectionPlaces(this.#find('full', idstr));
  }

  /** The first FULL section. */
  get firstDevice(): SectionPlaces {
    return sectionPlaces(this.#find('full'));
  }

  /** Every section that is no command. */
  get sections(): SectionPlaces[] {
    return this.#model.sections.flatMap((section) =>
      section.kind === 'command' ? [] : [sectionPlaces(section)],
    );
  }

  get configuration(): ConfigurationPlaces {
    const configuration: Configuration = there(this.#model.configuration, 'configuration');
    const { byteOffset, byteLength, machine } = configuration;
    const capabilities = there(
      configuration.subsections.find(({ name }) => name === 'configuration/capabilities'),
      'configuration/capabilities',
    );
    const capabilityCountOffset = capabilities.byteOffset + 2 + capabilities.name.length + 4;
    return {
      typeOffset: byteOffset,
      machineLengthOffset: byteOffset + 1,
      machineOffset: byteOffset + 5,
      machine,
      capabilitiesOffset: capabilities.byteOffset,
      capabilityCountOffset,
      firstCapabilityOffset: capabilityCountOffset + 4,
      end: byteOffset + byteLength,
    };
  }

  /** Of the 0x00 byte. */
  get endMarkerOffset(): number {
    return there(this.#model.endMarkerOffset, 'end marker');
  }

  /** Of the 0x06 byte, the be32 length and the JSON. */
  get vmdescription(): {
    readonly typeOffset: number;
    readonly lengthOffset: number;
    readonly jsonOffset: number;
    readonly lengthBytes: number;
  } {
    const { byteOffset, declaredLengthBytes } = there(this.#model.vmdescription, 'vmdescription');
    return {
      typeOffset: byteOffset,
      lengthOffset: byteOffset + 1,
      jsonOffset: byteOffset + 5,
      lengthBytes: declaredLengthBytes,
    };
  }

  #find(
    kind: 'start' | 'part' | 'end' | 'full',
    idstr?: string,
    index = 0,
  ): OpeningSection | ContinuingSection {
    const found = this.#model.sections.filter(
      (section): section is OpeningSection | ContinuingSection =>
        section.kind === kind && (idstr === undefined || section.idstr === idstr),
    );
    return there(found[index], `${kind} ${idstr ?? ''}`);
  }
}

function sectionPlaces(section: Exclude<Section, { kind: 'command' }>): SectionPlaces {
  const typeOffset = section.byteOffset;
  const idstrOffset = typeOffset + 5;
  const instanceIdOffset = idstrOffset + 1 + (section.idstr?.length ?? 0);
  const bodyEnd = section.bodyOffset + section.bodyLengthBytes;
  return {
    typeOffset,
    idOffset: typeOffset + 1,
    sectionId: section.sectionId,
    idstrOffset,
    instanceIdOffset,
    versionIdOffset: instanceIdOffset + 4,
    bodyOffset: section.bodyOffset,
    bodyEnd,
    footerOffset: bodyEnd,
    end: bodyEnd + (section.footer === undefined ? 0 : 5),
    eosOffset: bodyEnd - 8,
  };
}

/** A mutation that asks for what its capture lacks is a mistake in the vector. */
function there<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new RangeError(`the capture has no ${what}`);
  return value;
}
