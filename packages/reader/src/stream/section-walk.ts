import { MappedRam, MappedRamError, RAM_SECTION_IDSTR, SectionType } from '@mapped-ram/format';
import type { CommandSection, ContinuingSection, OpeningSection } from '../model.js';
import type { SourceWindow } from '../window.js';
import { BARE_PART_LENGTH_BYTES, barePartOf } from './bare-part.js';
import type { BlockTableReader } from './block-table.js';
import type { BodyBounds } from './body-bounds.js';
import type { Mutable } from './mutable.js';
import type { NoteFault } from './problem-list.js';
import { readRamBody } from './ram-body.js';
import { ramBodyDraft } from './ram-body-draft.js';
import type { RamContext, RamReader } from './ram-reader.js';
import type { SectionEnds } from './section-end.js';
import { type BodySection, type SectionList, unreadSection } from './section-list.js';
import { untilNul } from './until-nul.js';

/** What reading sections takes: each part knows one thing of the stream. */
export interface SectionReaders {
  readonly window: SourceWindow;
  /** Takes the sections that were read. */
  readonly list: SectionList;
  /** The names of the sections that were started, by their ids. */
  readonly startedIds: Map<number, string>;
  readonly tables: BlockTableReader;
  readonly ends: SectionEnds;
  readonly bounds: BodyBounds;
  readonly note: NoteFault;
  /** Reads the ram sections instead of {@link readRamBody}, where pages are in the stream itself. */
  readonly ramReader: RamReader | undefined;
  readonly stream: RamContext['stream'];
}

/**
 * Reads sections up to the end marker. Mirrors the loop of `qemu_loadvm_state_main` (QEMU 9.0 to 11.1, migration/savevm.c).
 */
export class SectionWalk {
  readonly #readers: SectionReaders;

  constructor(readers: SectionReaders) {
    this.#readers = readers;
  }

  /**
   * @returns Offset of the end marker.
   * @throws MappedRamError at what the walk cannot go past. The list has what was read before.
   */
  async readAll(): Promise<number> {
    const { list, window } = this.#readers;
    for (;;) {
      this.#bareParts();
      const byteOffset = list.endOffset;
      const { value: type } = await window.parse(byteOffset, (io) => io.readU1());
      if (type === SectionType.eof) return byteOffset;
      await this.#read(type, byteOffset);
    }
  }

  /** Reads the parts from here on that are bare and held, without waiting for any of them. */
  #bareParts(): void {
    const { ends, list, ramReader, startedIds, window } = this.#readers;
    if (ramReader !== undefined) return;
    const isRam = (sectionId: number) => startedIds.get(sectionId) === RAM_SECTION_IDSTR;
    for (;;) {
      const bytes = window.held(list.endOffset, BARE_PART_LENGTH_BYTES);
      const part = bytes && barePartOf(bytes, list.endOffset, isRam);
      if (part === undefined) return;
      list.add(part);
      ends.sawFooter();
    }
  }

  async #read(type: number, byteOffset: number): Promise<void> {
    switch (type) {
      case SectionType.start:
      case SectionType.full:
        return this.#opening(byteOffset, type === SectionType.start ? 'start' : 'full');
      case SectionType.part:
      case SectionType.end:
        return this.#continuing(byteOffset, type === SectionType.part ? 'part' : 'end');
      case SectionType.command:
        return this.#command(byteOffset);
      default: {
        const path = this.#readers.list.nextPath;
        throw new MappedRamError('unknown-section-type', { byteOffset, path, actual: type });
      }
    }
  }

  async #opening(byteOffset: number, kind: OpeningSection['kind']): Promise<void> {
    const { value, endOffset } = await this.#readers.window.parse(
      byteOffset + 1,
      (io) => new MappedRam.OpeningSectionHeader(io),
    );
    const { sectionId, instanceId, versionId } = value;
    const idstr = untilNul(value.idstr);
    if (this.#readers.startedIds.has(sectionId)) {
      const error = new MappedRamError('duplicate-section-id', {
        byteOffset,
        path: this.#readers.list.nextPath,
        actual: sectionId,
      });
      this.#readers.note(error);
    } else {
      this.#readers.startedIds.set(sectionId, idstr);
    }
    const section = { kind, sectionId, idstr, instanceId, versionId };
    await this.#body({ ...unreadSection(byteOffset, endOffset), ...section }, idstr);
  }

  async #continuing(byteOffset: number, kind: ContinuingSection['kind']): Promise<void> {
    const { value, endOffset } = await this.#readers.window.parse(
      byteOffset + 1,
      (io) => new MappedRam.ContinuingSectionHeader(io),
    );
    const { sectionId } = value;
    const idstr = this.#readers.startedIds.get(sectionId);
    const section: Mutable<ContinuingSection> = {
      ...unreadSection(byteOffset, endOffset),
      kind,
      sectionId,
      ...(idstr !== undefined && { idstr }),
    };
    if (idstr !== undefined) return this.#body(section, idstr);
    const path = this.#readers.list.nextPath;
    this.#readers.list.add(section);
    throw new MappedRamError('unknown-section-id', { byteOffset, path, actual: sectionId });
  }

  /** Reads body and footer of a section whose header was read, and records it, also where it cannot be read whole. */
  async #body(section: BodySection, idstr: string): Promise<void> {
    const path = this.#readers.list.nextPath;
    this.#readers.list.add(section);
    const isRam = idstr === RAM_SECTION_IDSTR;
    const bodyEnd = isRam ? await this.#ramBody(section) : await this.#deviceBody(section, idstr, path);
    const { footer, endOffset } = await this.#readers.ends.read(bodyEnd, section.sectionId, path);
    if (footer !== undefined) section.footer = footer;
    this.#readers.list.setEnd(section, endOffset);
  }

  async #ramBody(section: BodySection): Promise<number> {
    const { list, ramReader, stream, tables, window } = this.#readers;
    const draft = ramBodyDraft(section.bodyOffset);
    section.ram = draft.body;
    section.boundedBy = 'grammar';
    try {
      if (ramReader === undefined) await readRamBody(window, tables, draft);
      else await ramReader.readBody(draft, { stream, format: tables.format });
    } finally {
      list.setBodyEnd(section, draft.endOffset);
    }
    return draft.endOffset;
  }

  async #deviceBody(section: BodySection, idstr: string, path: string): Promise<number> {
    const pagesMayFollow = this.#readers.tables.ramBlocks.length === 0;
    const bounded = await this.#readers.bounds.find({ ...section, idstr, path }, pagesMayFollow);
    section.boundedBy = bounded.boundedBy;
    this.#readers.list.setBodyEnd(section, bounded.endOffset);
    return bounded.endOffset;
  }

  async #command(byteOffset: number): Promise<void> {
    const { value, endOffset } = await this.#readers.window.parse(
      byteOffset + 1,
      (io) => new MappedRam.Command(io),
    );
    const { command, lenData } = value;
    const section: CommandSection = {
      kind: 'command',
      byteOffset,
      byteLength: endOffset - byteOffset,
      bodyOffset: endOffset - lenData,
      bodyLengthBytes: lenData,
      command,
      dataLengthBytes: lenData,
    };
    this.#readers.list.add(section);
  }
}
