import { RAM_SECTION_IDSTR } from '@mapped-ram/format';
import type { Section, StreamModel } from '@mapped-ram/reader';

/** A section of guest memory. */
export type RamSection = Exclude<Section, { kind: 'command' }>;

/** The sections of guest memory in the order of the stream. */
export function ramSections({ sections }: Pick<StreamModel, 'sections'>): RamSection[] {
  return sections.filter(
    (section): section is RamSection => section.kind !== 'command' && section.idstr === RAM_SECTION_IDSTR,
  );
}

/** Whether guest memory comes to its END, which a save writes after the bitmaps. */
export function hasRamEnd(model: Pick<StreamModel, 'sections'>): boolean {
  return ramSections(model).some(({ kind }) => kind === 'end');
}

/** Whether it does, and its END to its own end. */
export function isRamEnded(model: Pick<StreamModel, 'sections'>): boolean {
  return ramSections(model).some(({ kind, ram }) => kind === 'end' && ram?.ended === true);
}

/** Whether the save completed, as far as the stream tells: it goes on to its end marker, and guest memory to its END. */
export function isSaveComplete(model: Pick<StreamModel, 'sections' | 'endMarkerOffset'>): boolean {
  return model.endMarkerOffset !== undefined && hasRamEnd(model);
}
