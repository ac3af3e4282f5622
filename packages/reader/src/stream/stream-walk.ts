import {
  MappedRam,
  MappedRamError,
  RAM_SECTION_IDSTR,
  SectionType,
  type WordOrder,
} from '@mapped-ram/format';
import type { ByteSource } from '../byte-source.js';
import { contentsErrorOf } from '../contents-error.js';
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
import { readRamBody } from './ram-body.js';
import { type RamBodyDraft, ramBodyDraft } from './ram-body-draft.js';
import { RamFormat } from './ram-format.js';
import { SectionEnds } from './section-end.js';
import { type BodySection, SectionList, unreadSection } from './section-list.js';
import { readStreamEnd } from './stream-end.js';
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
  /** Reads the ram sections instead of the walk, where pages stand in the stream itself. */
  readonly ramReader?: RamReader | undefined;
}

/** What of the stream stands before a ram section. */
export interface RamContext {
  readonly stream: Pick<StreamModel, 'streamOffset' | 'libvirt' | 'configuration'>;
  readonly format: RamFormat;
}

/** Reads the bodies of ram sections in another way than the walk does. */
export interface RamReader {
  /** Reads a body from `draft.endOffset` on, and leaves there where it ends. */
  readBody(draft: RamBodyDraft, context: RamContext): Promise<void>;
}

interface ModelDraft extends Mutable<StreamModel> {
  readonly problems: Problem[];
}

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
  return walkStreamOnce(source, options, model.vmdescription);
}

/**
 * The same, in one go.
 *
 * @param vmdescription Where it is known already; otherwise it is looked for from the end of the file.
 */
export function walkStreamOnce(
  source: ByteSource,
  options: WalkOptions,
  vmdescription?: VmdescriptionFrame,
): Promise<StreamModel> {
  return new StreamWalk(source, options, vmdescription).run();
}

class StreamWalk {
  readonly #source: ByteSource;
  readonly #window: SourceWindow;
  readonly #model: ModelDraft;
  readonly #list: SectionList;
  readonly #startedIds = new Map<number, string>();
  readonly #ends: SectionEnds;
  readonly #bounds: BodyBounds;
  readonly #givenStreamOffset: number | undefined;
  readonly #ramReader: RamReader | undefined;
  /** Set once the configuration is known. */
  #tables: BlockTableReader;

  constructor(source: ByteSource, options: WalkOptions, vmdescription?: VmdescriptionFrame) {
    this.#source = source;
    this.#window = new SourceWindow(source);
    this.#givenStreamOffset = options.streamOffset;
    this.#ramReader = options.ramReader;
    const problems: Problem[] = [];
    this.#ends = new SectionEnds(this.#window, this.#startedIds, problems);
    this.#bounds = new BodyBounds(source, this.#window, this.#ends, problems, vmdescription);
    this.#tables = new BlockTableReader(this.#window, new RamFormat(this.#window, undefined), problems);
    this.#list = new SectionList(options.streamOffset ?? 0);
    this.#model = {
      streamOffset: options.streamOffset ?? 0,
      sections: this.#list.sections,
      ramBlocks: [],
      endOffset: 0,
      problems,
      wordOrder: options.wordOrder ?? 'le',
    };
  }

  /** Whether the stream has a vmdescription that this walk found too late to use. */
  get missedVmdescription(): boolean {
    const found = this.#model.vmdescription?.json !== undefined;
    return found && this.#bounds.vmdescription === undefined && this.#list.sections.some(wasSearched);
  }

  async run(): Promise<StreamModel> {
    try {
      await this.#stream();
    } catch (error) {
      this.#model.problems.push({ error: contentsErrorOf(error), stopped: true });
    }
    this.#model.endOffset = this.#list.endOffset;
    this.#model.ramBlocks = this.#tables.ramBlocks;
    if (this.#tables.oversizedBlock !== undefined) this.#model.oversizedBlock = this.#tables.oversizedBlock;
    if (this.#tables.format.layout !== undefined) this.#model.ramLayout = this.#tables.format.layout;
    const located = this.#bounds.vmdescription;
    if (located !== undefined) this.#model.vmdescription ??= located;
    return this.#model;
  }

  async #stream(): Promise<void> {
    await this.#start();
    await this.#configuration();
    for (;;) {
      const byteOffset = this.#list.endOffset;
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
            path: this.#list.nextPath,
            actual: type,
          });
      }
    }
  }

  async #start(): Promise<void> {
    const model = this.#model;
    const libvirt = await readLibvirtHeader(this.#window);
    if (libvirt !== undefined) {
      model.libvirt = libvirt;
      model.streamOffset = this.#givenStreamOffset ?? streamOffsetBehind(libvirt, this.#source.sizeBytes);
    }
    const { version, endOffset } = await readStreamHeader(this.#window, model.streamOffset);
    model.streamVersion = version;
    this.#list.endOffset = endOffset;
    const error = faultOfStreamVersion(version, model.streamOffset);
    if (error !== undefined) model.problems.push({ error, stopped: false });
  }

  async #configuration(): Promise<void> {
    const byteOffset = this.#list.endOffset;
    if ((await this.#window.byteAt(byteOffset)) !== SectionType.configuration) return;
    const { configuration, fault } = await readConfiguration(this.#window, byteOffset);
    this.#model.configuration = configuration;
    this.#list.endOffset = byteOffset + configuration.byteLength;
    const format = new RamFormat(this.#window, configuration);
    this.#tables = new BlockTableReader(this.#window, format, this.#model.problems);
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
        path: this.#list.nextPath,
        actual: sectionId,
      });
      this.#model.problems.push({ error, stopped: false });
    } else {
      this.#startedIds.set(sectionId, idstr);
    }
    const section = { kind, sectionId, idstr, instanceId, versionId };
    await this.#body({ ...unreadSection(byteOffset, endOffset), ...section }, idstr);
  }

  async #continuing(byteOffset: number, kind: ContinuingSection['kind']): Promise<void> {
    const { value, endOffset } = await this.#window.parse(
      byteOffset + 1,
      (io) => new MappedRam.ContinuingSectionHeader(io),
    );
    const { sectionId } = value;
    const idstr = this.#startedIds.get(sectionId);
    const section: Mutable<ContinuingSection> = {
      ...unreadSection(byteOffset, endOffset),
      kind,
      sectionId,
      ...(idstr !== undefined && { idstr }),
    };
    if (idstr !== undefined) return this.#body(section, idstr);
    const path = this.#list.nextPath;
    this.#list.add(section);
    throw new MappedRamError('unknown-section-id', { byteOffset, path, actual: sectionId });
  }

  /** Reads body and footer of a section whose header was read, and records it, also where it cannot be read whole. */
  async #body(section: BodySection, idstr: string): Promise<void> {
    const path = this.#list.nextPath;
    this.#list.add(section);
    const isRam = idstr === RAM_SECTION_IDSTR;
    const bodyEnd = isRam ? await this.#ramBody(section) : await this.#deviceBody(section, idstr, path);
    const { footer, endOffset } = await this.#ends.read(bodyEnd, section.sectionId, path);
    if (footer !== undefined) section.footer = footer;
    this.#list.setEnd(section, endOffset);
  }

  async #ramBody(section: BodySection): Promise<number> {
    const draft = ramBodyDraft(section.bodyOffset);
    section.ram = draft.body;
    section.boundedBy = 'grammar';
    try {
      if (this.#ramReader === undefined) await readRamBody(this.#window, this.#tables, draft);
      else await this.#ramReader.readBody(draft, { stream: this.#model, format: this.#tables.format });
    } finally {
      this.#list.setBodyEnd(section, draft.endOffset);
    }
    return draft.endOffset;
  }

  async #deviceBody(section: BodySection, idstr: string, path: string): Promise<number> {
    const pagesMayFollow = this.#tables.ramBlocks.length === 0;
    const bounded = await this.#bounds.find({ ...section, idstr, path }, pagesMayFollow);
    section.boundedBy = bounded.boundedBy;
    this.#list.setBodyEnd(section, bounded.endOffset);
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
    this.#list.add(section);
  }

  async #end(byteOffset: number): Promise<void> {
    this.#model.endMarkerOffset = byteOffset;
    const located = this.#bounds.vmdescription;
    const end = await readStreamEnd(this.#source, this.#window, byteOffset, located);
    if (end.vmdescription !== undefined) this.#model.vmdescription = end.vmdescription;
    this.#list.endOffset = end.endOffset;
    for (const error of end.faults) this.#model.problems.push({ error, stopped: false });
  }
}

function wasSearched(section: Section): boolean {
  return section.kind !== 'command' && section.boundedBy === 'footer-search';
}
