import type { WordOrder } from '@mapped-ram/format';
import type { ByteSource } from '../byte-source.js';
import { contentsErrorOf } from '../contents-error.js';
import type { Section, StreamModel, VmdescriptionFrame } from '../model.js';
import { SourceWindow } from '../window.js';
import { BlockTableReader } from './block-table.js';
import { BodyBounds } from './body-bounds.js';
import type { Mutable } from './mutable.js';
import { ProblemList } from './problem-list.js';
import { RamFormat } from './ram-format.js';
import type { RamReader } from './ram-reader.js';
import { SectionEnds } from './section-end.js';
import { SectionList } from './section-list.js';
import { SectionWalk } from './section-walk.js';
import { readStreamEnd } from './stream-end.js';
import { readStreamHead, type StreamHead } from './stream-head.js';

/** What the stream holds behind its head. */
type RestOfStream = Omit<StreamModel, Exclude<keyof StreamHead, 'endOffset'> | 'problems' | 'wordOrder'>;

/** What the walk has to be told. */
export interface WalkOptions {
  /** Offset of the magic; otherwise the file's start, or where a libvirt header says. */
  readonly streamOffset?: number | undefined;
  readonly wordOrder?: WordOrder | undefined;
  /** Reads the ram sections instead of the walk, where pages are in the stream itself. */
  readonly ramReader?: RamReader | undefined;
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

/** The steps of a walk: the head, the sections, what follows the end marker. A step that cannot go on ends the walk. */
class StreamWalk {
  readonly #source: ByteSource;
  readonly #options: WalkOptions;
  readonly #givenVmdescription: VmdescriptionFrame | undefined;
  readonly #window: SourceWindow;
  readonly #problems = new ProblemList();
  /** Whether a section's end was searched for, and the vmdescription, which might have told it, came too late. */
  missedVmdescription = false;

  constructor(source: ByteSource, options: WalkOptions, vmdescription?: VmdescriptionFrame) {
    this.#source = source;
    this.#options = options;
    this.#givenVmdescription = vmdescription;
    this.#window = new SourceWindow(source);
  }

  async run(): Promise<StreamModel> {
    const { streamOffset = 0, wordOrder = 'le' } = this.#options;
    const head: Mutable<StreamHead> = { streamOffset, endOffset: streamOffset };
    const { problems, note } = this.#problems;
    const hasHead = await this.#settle(() =>
      readStreamHead(this.#window, head, this.#options.streamOffset, note),
    );
    const rest = hasHead ? await this.#behindHead(head) : { sections: [], ramBlocks: [] };
    return { ...head, ...rest, problems, wordOrder };
  }

  async #behindHead(head: StreamHead): Promise<RestOfStream> {
    const window = this.#window;
    const { note } = this.#problems;
    const startedIds = new Map<number, string>();
    const list = new SectionList(head.endOffset);
    const tables = new BlockTableReader(window, new RamFormat(window, head.configuration), note);
    const ends = new SectionEnds(window, startedIds, note);
    const bounds = new BodyBounds(this.#source, window, ends, note, this.#givenVmdescription);
    const { ramReader } = this.#options;
    const sections = new SectionWalk({
      ...{ window, list, startedIds, tables, ends, bounds, note, ramReader },
      stream: head,
    });
    const rest: Mutable<RestOfStream> = {
      sections: list.sections,
      ramBlocks: tables.ramBlocks,
      endOffset: head.endOffset,
    };
    await this.#settle(async () => {
      rest.endMarkerOffset = await sections.readAll();
      const end = await readStreamEnd(window, rest.endMarkerOffset, bounds.vmdescription);
      if (end.vmdescription !== undefined) rest.vmdescription = end.vmdescription;
      list.endOffset = end.endOffset;
      for (const fault of end.faults) note(fault);
    });
    const found = rest.vmdescription?.json !== undefined;
    this.missedVmdescription = found && bounds.vmdescription === undefined && list.sections.some(wasSearched);
    if (bounds.vmdescription !== undefined) rest.vmdescription ??= bounds.vmdescription;
    if (tables.oversizedBlock !== undefined) rest.oversizedBlock = tables.oversizedBlock;
    if (tables.format.layout !== undefined) rest.ramLayout = tables.format.layout;
    rest.endOffset = list.endOffset;
    return rest;
  }

  /** Does a step. @returns Whether it came to its end; where not, what it met is the problem that stopped the walk. */
  async #settle(step: () => Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      this.#problems.stop(contentsErrorOf(error));
      return false;
    }
  }
}

function wasSearched(section: Section): boolean {
  return section.kind !== 'command' && section.boundedBy === 'footer-search';
}
