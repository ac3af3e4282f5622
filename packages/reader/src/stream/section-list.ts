import { Limits, MappedRamError } from '@mapped-ram/format';
import type { ContinuingSection, OpeningSection, Section } from '../model.js';
import type { Mutable } from './mutable.js';

/** A section with a body, while it is being read. */
export type BodySection = Mutable<OpeningSection> | Mutable<ContinuingSection>;

/** The sections of a stream, and where reading them has come to. */
export class SectionList {
  readonly sections: Section[] = [];
  /** Where the next element starts. */
  endOffset: number;

  constructor(endOffset: number) {
    this.endOffset = endOffset;
  }

  /** How errors name the section that comes next. */
  get nextPath(): string {
    return `sections[${this.sections.length}]`;
  }

  /**
   * Adds a section of which at least the header was read.
   *
   * @throws MappedRamError `limit-exceeded`.
   */
  add(section: Section): void {
    if (this.sections.length >= Limits.sections) {
      throw new MappedRamError('limit-exceeded', {
        byteOffset: section.byteOffset,
        path: 'sections',
        expected: `at most ${Limits.sections}`,
      });
    }
    this.sections.push(section);
    this.endOffset = section.byteOffset + section.byteLength;
  }

  /** Notes where a section's body ends. Lengths are never negative, though damaged blocks may lead backwards. */
  setBodyEnd(section: BodySection, endOffset: number): void {
    section.bodyLengthBytes = Math.max(0, endOffset - section.bodyOffset);
    this.setEnd(section, endOffset);
  }

  /** Notes where a section ends. */
  setEnd(section: BodySection, endOffset: number): void {
    section.byteLength = Math.max(section.byteLength, endOffset - section.byteOffset);
    this.endOffset = endOffset;
  }
}

/** What is known of a section when its header was read and its body not. */
export function unreadSection(byteOffset: number, bodyOffset: number) {
  const byteLength = bodyOffset - byteOffset;
  return { byteOffset, byteLength, bodyOffset, bodyLengthBytes: 0, boundedBy: 'footer-search' as const };
}
