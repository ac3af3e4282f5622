import { MappedRam, MappedRamError, SECTION_FOOTER_LENGTH_BYTES, SectionType } from '@mapped-ram/format';
import type { Footer } from '../model.js';
import type { SourceWindow } from '../window.js';
import { seemsElement } from './next-element.js';
import type { NoteFault } from './problem-list.js';

/** How far the end of a body is searched for that nothing describes. */
const MAX_SEARCH_BYTES = 16 * 1024 * 1024;

/** A few words too many, and the footer. */
const ELEMENT_LOOKAHEAD_BYTES = 64;

const SEARCH_CHUNK_BYTES = 64 * 1024;

/** A footer, if there is one, and where the next element starts. */
export interface SectionEnd {
  readonly footer?: Footer;
  readonly endOffset: number;
}

/**
 * Knows how sections of this stream end. Footers can be switched off (machine property
 * `x-send-section-footer`, old machine types), for all sections or none; nothing in the stream says which.
 */
export class SectionEnds {
  readonly #window: SourceWindow;
  readonly #startedIds: ReadonlyMap<number, string>;
  readonly #note: NoteFault;
  /** The first footer that was missed. It is no fault as long as no section has one. */
  #firstMissing: MappedRamError | undefined;
  #usesFooters = false;

  constructor(window: SourceWindow, startedIds: ReadonlyMap<number, string>, note: NoteFault) {
    this.#window = window;
    this.#startedIds = startedIds;
    this.#note = note;
  }

  /** Whether it is known that the stream has no footers. */
  get lackFooters(): boolean {
    return this.#firstMissing !== undefined && !this.#usesFooters;
  }

  /** Whether a body seems to end at an offset, though its footer may be damaged or missing. */
  async fits(bodyEndOffset: number, sectionId: number): Promise<boolean> {
    const behindFooter = bodyEndOffset + SECTION_FOOTER_LENGTH_BYTES;
    const footer = await this.#footerAt(bodyEndOffset);
    if (footer?.sectionId === sectionId) return true;
    if (footer !== undefined) return this.#seemsElement(behindFooter);
    if (await this.#lacksTypeByteOnly(bodyEndOffset, sectionId)) return true;
    return this.#seemsElement(bodyEndOffset);
  }

  /**
   * Reads what follows a body. Mirrors `check_section_footer` (QEMU 9.0 to 11.1, migration/savevm.c).
   *
   * @throws MappedRamError `missing-footer` where nothing that could follow a section stands there either, in a stream
   * with footers; `unexpected-end`.
   */
  async read(bodyEndOffset: number, sectionId: number, path: string): Promise<SectionEnd> {
    const footer = await this.#footerAt(bodyEndOffset);
    if (footer !== undefined) {
      this.#noteFooter(footer, sectionId, path);
      return { footer, endOffset: bodyEndOffset + footer.byteLength };
    }
    const missing = missingFooter(bodyEndOffset, path, await this.#byteAt(bodyEndOffset));
    if (await this.#seemsElement(bodyEndOffset)) {
      if (this.#usesFooters) this.#note(missing);
      else this.#firstMissing ??= missing;
      return { endOffset: bodyEndOffset };
    }
    if (await this.#lacksTypeByteOnly(bodyEndOffset, sectionId)) {
      this.#note(missing);
      return { endOffset: bodyEndOffset + SECTION_FOOTER_LENGTH_BYTES };
    }
    if (!(await this.#isWithoutFooters(bodyEndOffset, sectionId))) throw missing;
    this.#firstMissing ??= missing;
    return { endOffset: bodyEndOffset };
  }

  /**
   * Searches for the end of a body that nothing describes: a footer with the section's id and a plausible element
   * behind it; in a stream without footers, such an element alone. An end of the stream without a description counts
   * only where nothing better follows: a state can hold the same bytes, which are zeros but for two.
   *
   * @throws MappedRamError `unexpected-end` where the file ends first, `limit-exceeded`.
   */
  async search(bodyOffset: number, sectionId: number, path: string): Promise<number> {
    const searchEnd = Math.min(this.#window.sizeBytes, bodyOffset + MAX_SEARCH_BYTES);
    const withFooters = this.#usesFooters || this.#firstMissing === undefined;
    let bareEnd: number | undefined;
    for (let start = bodyOffset; start < searchEnd; start += SEARCH_CHUNK_BYTES) {
      const chunk = await this.#window.bytes(start, Math.min(SEARCH_CHUNK_BYTES, searchEnd - start));
      for (let index = 0; index < chunk.length; index++) {
        // The platform looks for one byte far quicker than a loop does.
        if (withFooters) index = chunk.indexOf(SectionType.footer, index);
        if (index < 0) break;
        const mayEnd = withFooters ? mayBeFooter(chunk, index, sectionId) : mayBeElement(chunk, index);
        if (!mayEnd) continue;
        const likeness = await this.#endsAt(start + index, sectionId, withFooters);
        if (likeness === 'element') return start + index;
        if (likeness === 'bare-end') bareEnd ??= start + index;
      }
    }
    if (bareEnd !== undefined) return bareEnd;
    throw new MappedRamError(searchEnd < this.#window.sizeBytes ? 'limit-exceeded' : 'unexpected-end', {
      what: 'the end of a section was not found',
      byteOffset: bodyOffset,
      path,
    });
  }

  /** What seems to follow a body that ends here, if it may end here. */
  async #endsAt(
    byteOffset: number,
    sectionId: number,
    withFooters: boolean,
  ): Promise<'element' | 'bare-end' | undefined> {
    const footer = withFooters ? await this.#footerAt(byteOffset) : undefined;
    if (withFooters && footer?.sectionId !== sectionId) return undefined;
    const nextOffset = byteOffset + (footer?.byteLength ?? 0);
    if (await this.#seemsElement(nextOffset)) return 'element';
    return withFooters && (await this.#seemsElement(nextOffset, true)) ? 'bare-end' : undefined;
  }

  /**
   * Where a body has no footer and what follows is no element either: whether the stream has none. The next element
   * tells, if one comes soon: it has a footer in front of it or not.
   */
  async #isWithoutFooters(byteOffset: number, sectionId: number): Promise<boolean> {
    if (this.#usesFooters) return false;
    const lookahead = await this.#window.bytes(byteOffset, ELEMENT_LOOKAHEAD_BYTES);
    for (let at = 0; at < lookahead.length; at++) {
      if (!(await this.#seemsElement(byteOffset + at))) continue;
      return !isLikeFooter(lookahead.subarray(Math.max(0, at - SECTION_FOOTER_LENGTH_BYTES), at), sectionId);
    }
    return this.lackFooters;
  }

  /** Takes note that a section has a footer, after which a missing one is a fault. */
  sawFooter(): void {
    if (this.#firstMissing !== undefined && !this.#usesFooters) {
      this.#note(this.#firstMissing);
    }
    this.#usesFooters = true;
  }

  #noteFooter(footer: Footer, sectionId: number, path: string): void {
    this.sawFooter();
    if (footer.sectionId === sectionId) return;
    const error = new MappedRamError('footer-mismatch', {
      byteOffset: footer.byteOffset,
      path: `${path}.footer`,
      expected: sectionId,
      actual: footer.sectionId,
    });
    this.#note(error);
  }

  /** Undefined where there is none. Throws `unexpected-end` where it is cut. */
  async #footerAt(byteOffset: number): Promise<Footer | undefined> {
    if ((await this.#window.byteAt(byteOffset)) !== SectionType.footer) return undefined;
    const { value, endOffset } = await this.#window.parse(
      byteOffset + 1,
      (io) => new MappedRam.SectionFooter(io),
    );
    return { byteOffset, byteLength: endOffset - byteOffset, sectionId: value.sectionId };
  }

  /** The byte at an offset. Throws `unexpected-end` where there is none. */
  async #byteAt(byteOffset: number): Promise<number> {
    return (await this.#window.parse(byteOffset, (io) => io.readU1())).value;
  }

  /** Whether a footer of this section is there but for its type byte. */
  async #lacksTypeByteOnly(byteOffset: number, sectionId: number): Promise<boolean> {
    const behindFooter = byteOffset + SECTION_FOOTER_LENGTH_BYTES;
    if (behindFooter > this.#window.sizeBytes) return false;
    const { value } = await this.#window.parse(byteOffset + 1, (io) => new MappedRam.SectionFooter(io));
    return value.sectionId === sectionId && this.#seemsElement(behindFooter);
  }

  #seemsElement(byteOffset: number, trustsEnd = false): Promise<boolean> {
    return seemsElement(this.#window, byteOffset, this.#startedIds, trustsEnd);
  }
}

/** A quick look before the careful one; past the chunk's end anything may follow. */
function mayBeFooter(chunk: Uint8Array, index: number, sectionId: number): boolean {
  const lowIdByte = chunk[index + SECTION_FOOTER_LENGTH_BYTES - 1] ?? sectionId & 0xff;
  return chunk[index] === SectionType.footer && lowIdByte === (sectionId & 0xff);
}

/** Whether bytes in front of an element are a footer, or what is left of one that lost a byte. */
function isLikeFooter(bytes: Uint8Array, sectionId: number): boolean {
  if (bytes.includes(SectionType.footer)) return true;
  const id = bytes.subarray(-(SECTION_FOOTER_LENGTH_BYTES - 1));
  return id.length === 4 && new DataView(id.buffer, id.byteOffset).getUint32(0) === sectionId;
}

/** The same for an element: a device's section, or the end marker with the vmdescription. */
function mayBeElement(chunk: Uint8Array, index: number): boolean {
  const next = chunk[index + 1];
  if (chunk[index] === SectionType.eof) return next === undefined || next === SectionType.vmdescription;
  return chunk[index] === SectionType.full && (next === undefined || next === 0);
}

function missingFooter(byteOffset: number, path: string, actual: number): MappedRamError {
  return new MappedRamError('missing-footer', {
    byteOffset,
    path: `${path}.footer`,
    expected: SectionType.footer,
    actual,
  });
}
