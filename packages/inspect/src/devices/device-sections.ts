import { RAM_SECTION_IDSTR } from '@mapped-ram/format';
import type { OpeningSection, Snapshot, StreamModel } from '@mapped-ram/reader';

/** A device as the stream names it: the same device has the same name and instance in two snapshots of one machine. */
export interface DeviceId {
  /** idstr of its section, such as `cpu` or `0000:00:02.0/virtio-net`. */
  readonly name: string;
  readonly instanceId: number;
}

/** The sections that hold the state of devices: everything that opens a section but guest memory. */
export function deviceSections({ sections }: Pick<StreamModel, 'sections'>): OpeningSection[] {
  return sections.filter(
    (section): section is OpeningSection =>
      (section.kind === 'full' || section.kind === 'start') && section.idstr !== RAM_SECTION_IDSTR,
  );
}

/** The device sections of one name, in the order of their instances. */
export function sectionsNamed(snapshot: Pick<Snapshot, 'sections'>, name: string): OpeningSection[] {
  return deviceSections(snapshot)
    .filter(({ idstr }) => idstr === name)
    .sort((a, b) => a.instanceId - b.instanceId);
}
