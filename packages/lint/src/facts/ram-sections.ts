import { RAM_SECTION_IDSTR } from '@mapped-ram/format';
import type { CommandSection, RamWord, Section } from '@mapped-ram/reader';
import type { LintContext } from '../context.js';

/** A section with its place among all sections, for paths such as `sections[4]`. */
export interface PlacedSection<T extends Section = Section> {
  readonly section: T;
  readonly where: string;
}

export type StateSection = Exclude<Section, CommandSection>;

/** Every section that holds state, with its path. */
export function stateSections({ snapshot }: LintContext): PlacedSection<StateSection>[] {
  return snapshot.sections.flatMap((section, index) =>
    section.kind === 'command' ? [] : [{ section, where: `sections[${index}]` }],
  );
}

/** The sections of guest memory in the order of the stream. */
export function ramSections(context: LintContext): PlacedSection<StateSection>[] {
  return stateSections(context).filter(({ section }) => section.idstr === RAM_SECTION_IDSTR);
}

/** The words of all ram sections. */
export function ramWords(context: LintContext): RamWord[] {
  return ramSections(context).flatMap(({ section }) => section.ram?.words ?? []);
}

/** Whether a part of guest memory of this kind is there. */
export function hasRamSection(context: LintContext, kind: StateSection['kind']): boolean {
  return ramSections(context).some(({ section }) => section.kind === kind);
}
