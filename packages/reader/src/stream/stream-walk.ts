import {
  Limits,
  MappedRam,
  MappedRamError,
  RAM_SECTION_IDSTR,
  SectionType,
  type WordOrder,
} from '@mapped-ram/format';
import type { ByteSource } from '../byte-source.js';
import { contentsErrorOf } from '../contents-error.js';
import { readVmdescriptionFrame } from '../device-state/vmdescription-frame.js';
import type {
  CommandSection,
  ContinuingSection,
  OpeningSection,
  Problem,
  Section,
  StreamModel,
  VmdescriptionFrame,
} from '../model.js';
import { SourceWindow } from '../window.js';
import { BlockTableReader } from './block-table.js';
import { BodyBounds } from './body-bounds.js';
import { readConfiguration } from './configuration.js';
import type { Mutable } from './mutable.js';
import { ramBodyDraft, readRamBody } from './ram-body.js';
import { RamFormat } from './ram-format.js';
import { SectionEnds } from './section-end.js';
import {
  faultOfStreamVersion,
  readLibvirtHeader,
  readStreamHeader,
  streamOffsetBehind,
} from './stream-start.js';

/** What the walk has to be told. */
export interface WalkOptions {
  /** Offset of the magic; otherwise the file's start, or where a libvirt header says. */
  readonly streamOffset?: number | undefined;
  readonly wordOrder?: WordOrder | undefined;
}

interface ModelDraft extends Mutable<StreamModel> {
  readonly sections: Section[];
  readonly problems: Problem[];
}

/** A section with a body, while it is being read. */
type BodySection = Mutable<OpeningSection> | Mutable<ContinuingSection>;

/**
 * Walks a stream from its start to its end, in the order in which QEMU loads it (QEMU 9.0 to 11.1, migration/savevm.c,
 * `qemu_loadvm_state`), and tells what is there.
 *
 * @throws MappedRamError `read-failed`, `short-read` where the source cannot be read, and nothing else: what is wrong
 * with the file becomes a problem.
 */
export async function walkStream(source: ByteSource, options: WalkOptions): Promise<StreamModel> {
  const walk = new StreamWalk(source, options);
  const model = await walk.run();
  if (!walk.missedVmdescription) return model;
  // So much lies behind the vmdescription that it was not found from the end of the file.
  return new StreamWalk(source, options, model.vmdescription).run();
}

class StreamWalk {
  readonly #source: ByteSource;
  readonly #window: SourceWindow;
  readonly #model: ModelDraft;
  readonly #startedIds = new Map<number, string>();
  readonly #ends: SectionEnds;
  readonly #bounds: BodyBounds;
  readonly #givenStreamOffset: number | undefined;
  /** Set once the configuration is known. */
  #tables: BlockTableReader;

  constructor(source: ByteSource, options: WalkOptions, vmdescription?: VmdescriptionFrame) {
    this.#source = source;
    this.#window = new SourceWindow(source);
    this.#givenStreamOffset = options.streamOffset;
    const problems: Problem[] = [];
    this.#ends = new SectionEnds(this.#window, this.#startedIds, problems);
    this.#bounds = new BodyBounds(source, this.#window, this.#ends, problems, vmdescription);
    this.#tables = new BlockTableReader(this.#window, new RamFormat(this.#window, undefined));
    this.#model = {
      streamOffset: options.streamOffset ?? 0,
      sections: [],
      ramBlocks: [],
      endOffset: options.streamOffset ?? 0,
      problems,
      wordOrder: options.wordOrder ?? 'le',
    };
  }

  /** Whether the stream has a vmdescription that this walk found too late to use. */
  get missedVmdescription(): boolean {
    const found = this.#model.vmdescription?.json !== undefined;
    return found && this.#bounds.vmdescription === undefined && this.#model.sections.some(wasSearched);
  }

  async run(): Promise<StreamModel> {
    try {
      await this.#stream();
    } catch (error) {
      this.#model.problems.push({ error: contentsErrorOf(error), stopped: true });
    }
    this.#model.ramBlocks = this.#tables.ramBlocks;
    if (this.#tables.format.layout !== undefined) this.#model.ramLayout = this.#tables.format.layout;
    const located = this.#bounds.vmdescription;
    if (located !== undefined) this.#model.vmdescription ??= located;
    return this.#model;
  }

  async #stream(): Promise<void> {
    await this.#start();
    await this.#configuration();
    for (;;) {
      const byteOffset = this.#model.endOffset;
      const { value: type } = await this.#window.parse(byteOffset, (io) => io.readU1());
      switch (type) {
        case SectionType.start:
        case SectionType.full:
          await this.#opening(byteOffset, type === SectionType.start ? 'start' : 'full');
          break;
        case SectionType.part:
        case SectionType.end:
          await this.#continuing(byteOffset, type === SectionType.part ? 'part' : 'end');
          break;
        case SectionType.command:
          await this.#command(byteOffset);
          break;
        case SectionType.eof:
          return await this.#end(byteOffset);
        default:
          throw new MappedRamError('unknown-section-type', {
            byteOffset,
            path: this.#nextPath(),
            actual: type,
          });
      }
    }
  }

  async #start(): Promise<void> {
    const model = this.#model;
    if (this.#givenStreamOffset === undefined) {
      const libvirt = await readLibvirtHeader(this.#window);
      if (libvirt !== undefined) {
        model.libvirt = libvirt;
        model.streamOffset = streamOffsetBehind(libvirt);
        if (model.streamOffset >= this.#source.sizeBytes) {
          throw new MappedRamError('bad-libvirt-header', {
            what: 'the libvirt header says that the stream starts behind the end of the file',
            byteOffset: 20,
            path: 'libvirt.dataLengthBytes',
            actual: libvirt.dataLengthBytes,
          });
        }
      }
    }
    const { version, endOffset } = await readStreamHeader(this.#window, model.streamOffset);
    model.streamVersion = version;
    model.endOffset = endOffset;
    const error = faultOfStreamVersion(version, model.streamOffset);
    if (error !== undefined) model.problems.push({ error, stopped: false });
  }

  async #configuration(): Promise<void> {
    const byteOffset = this.#model.endOffset;
    if ((await this.#window.byteAt(byteOffset)) !== SectionType.configuration) return;
    const { configuration, fault } = await readConfiguration(this.#window, byteOffset);
    this.#model.configuration = configuration;
    this.#model.endOffset = byteOffset + configuration.byteLength;
    this.#tables = new BlockTableReader(this.#window, new RamFormat(this.#window, configuration));
    if (fault !== undefined) throw fault;
  }

  async #opening(byteOffset: number, kind: OpeningSection['kind']): Promise<void> {
    const { value, endOffset } = await this.#window.parse(
      byteOffset + 1,
      (io) => new MappedRam.OpeningSectionHeader(io),
    );
    const { sectionId, idstr, instanceId, versionId } = value;
    if (this.#startedIds.has(sectionId)) {
      const error = new MappedRamError('duplicate-section-id', {
        byteOffset,
        path: this.#nextPath(),
        actual: sectionId,
      });
      this.#model.problems.push({ error, stopped: false });
    } else {
      this.#startedIds.set(sectionId, idstr);
    }
    const section = { kind, sectionId, idstr, instanceId, versionId };
    await this.#body({ ...this.#unread(byteOffset, endOffset), ...section }, idstr);
  }

  async #continuing(byteOffset: number, kind: ContinuingSection['kind']): Promise<void> {
    const { value, endOffset } = await this.#window.parse(
      byteOffset + 1,
      (io) => new MappedRam.ContinuingSectionHeader(io),
    );
    const { sectionId } = value;
    const idstr = this.#startedIds.get(sectionId);
    const section: Mutable<ContinuingSection> = {
      ...this.#unread(byteOffset, endOffset),
      kind,
      sectionId,
      ...(idstr !== undefined && { idstr }),
    };
    if (idstr !== undefined) return this.#body(section, idstr);
    const path = this.#nextPath();
    this.#add(section);
    throw new MappedRamError('unknown-section-id', { byteOffset, path, actual: sectionId });
  }

  /** Reads body and footer of a section whose header was read, and records it, also where it cannot be read whole. */
  async #body(section: BodySection, idstr: string): Promise<void> {
    const path = this.#nextPath();
    this.#add(section);
    const isRam = idstr === RAM_SECTION_IDSTR;
    const bodyEnd = isRam ? await this.#ramBody(section) : await this.#deviceBody(section, idstr, path);
    const { footer, endOffset } = await this.#ends.read(bodyEnd, section.sectionId, path);
    if (footer !== undefined) section.footer = footer;
    this.#setEnd(section, endOffset);
  }

  async #ramBody(section: BodySection): Promise<number> {
    const draft = ramBodyDraft(section.bodyOffset);
    section.ram = draft.body;
    section.boundedBy = 'grammar';
    try {
      await readRamBody(this.#window, this.#tables, draft);
    } finally {
      this.#setBodyEnd(section, draft.endOffset);
    }
    return draft.endOffset;
  }

  async #deviceBody(section: BodySection, idstr: string, path: string): Promise<number> {
    const pagesMayFollow = this.#tables.ramBlocks.length === 0;
    const bounded = await this.#bounds.find({ ...section, idstr, path }, pagesMayFollow);
    section.boundedBy = bounded.boundedBy;
    this.#setBodyEnd(section, bounded.endOffset);
    return bounded.endOffset;
  }

  async #command(byteOffset: number): Promise<void> {
    const { value, endOffset } = await this.#window.parse(byteOffset + 1, (io) => new MappedRam.Command(io));
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
    this.#add(section);
  }

  async #end(byteOffset: number): Promise<void> {
    const model = this.#model;
    model.endMarkerOffset = byteOffset;
    model.endOffset = byteOffset + 1;
    const located = this.#bounds.vmdescription;
    if (located !== undefined && located.byteOffset !== model.endOffset) {
      const error = new MappedRamError('bad-vmdescription', {
        what: 'the vmdescription does not follow the end marker',
        byteOffset: located.byteOffset,
        path: 'vmdescription',
        expected: model.endOffset,
        actual: located.byteOffset,
      });
      model.problems.push({ error, stopped: false });
    }
    if ((await this.#window.byteAt(model.endOffset)) !== SectionType.vmdescription) return;
    const frame =
      located?.byteOffset === model.endOffset
        ? located
        : await readVmdescriptionFrame(this.#source, this.#window, model.endOffset);
    model.vmdescription = frame;
    model.endOffset += frame.byteLength;
    if (frame.fault !== undefined) model.problems.push({ error: frame.fault, stopped: false });
  }

  /** What is known of a section when its header was read and its body not. */
  #unread(byteOffset: number, bodyOffset: number) {
    const byteLength = bodyOffset - byteOffset;
    return { byteOffset, byteLength, bodyOffset, bodyLengthBytes: 0, boundedBy: 'footer-search' as const };
  }

  #add(section: Section): void {
    if (this.#model.sections.length >= Limits.sections) {
      throw new MappedRamError('limit-exceeded', {
        byteOffset: section.byteOffset,
        path: 'sections',
        expected: `at most ${Limits.sections}`,
      });
    }
    this.#model.sections.push(section);
    this.#model.endOffset = section.byteOffset + section.byteLength;
  }

  /** Lengths are never negative, though the pages of a damaged block may lead backwards. */
  #setBodyEnd(section: BodySection, endOffset: number): void {
    section.bodyLengthBytes = Math.max(0, endOffset - section.bodyOffset);
    this.#setEnd(section, endOffset);
  }

  #setEnd(section: BodySection, endOffset: number): void {
    section.byteLength = Math.max(section.byteLength, endOffset - section.byteOffset);
    this.#model.endOffset = endOffset;
  }

  #nextPath(): string {
    return `sections[${this.#model.sections.length}]`;
  }
}

function wasSearched(section: Section): boolean {
  return section.kind !== 'command' && section.boundedBy === 'footer-search';
}
