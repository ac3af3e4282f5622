import { MappedRamError, SectionType } from '@mapped-ram/format';
import type { ByteSource } from '../byte-source.js';
import { contentsErrorOf } from '../contents-error.js';
import { DescribedDevices } from '../device-state/described-devices.js';
import { findDescriptionDoubt } from '../device-state/one-character.js';
import { isSubsectionHeader } from '../device-state/subsection-header.js';
import { findVmdescription } from '../device-state/vmdescription-frame.js';
import type { BodyBound, VmdescriptionFrame, VmsdDevice } from '../model.js';
import type { SourceWindow } from '../window.js';
import { iterableBodies } from './iterable-bodies.js';
import type { NoteFault } from './problem-list.js';
import type { SectionEnds } from './section-end.js';

/** What is known of a section when its body's end is looked for. */
export interface UnboundedSection {
  readonly idstr: string;
  readonly sectionId: number;
  /** Absent in a section that continues another. */
  readonly instanceId?: number;
  readonly bodyOffset: number;
  /** `sections[3]`: how errors name it. */
  readonly path: string;
}

/** Where a body ends, and how that was found out. */
export interface BoundedBody {
  readonly endOffset: number;
  readonly boundedBy: BodyBound;
}

/** Finds the ends of bodies other than `ram`'s: they have no length, so something else has to tell. */
export class BodyBounds {
  readonly #source: ByteSource;
  readonly #window: SourceWindow;
  readonly #ends: SectionEnds;
  readonly #note: NoteFault;
  #vmdescription: VmdescriptionFrame | undefined;
  #devices: DescribedDevices | undefined;
  #searched = false;
  /** Sections may repeat a device without end, but its description is doubted once. */
  readonly #doubted = new Set<VmsdDevice>();

  /** @param vmdescription Where it was found before; otherwise it is looked for when it is first needed. */
  constructor(
    source: ByteSource,
    window: SourceWindow,
    ends: SectionEnds,
    note: NoteFault,
    vmdescription: VmdescriptionFrame | undefined,
  ) {
    this.#source = source;
    this.#window = window;
    this.#ends = ends;
    this.#note = note;
    this.#vmdescription = vmdescription;
  }

  /** The vmdescription that was found from the end of the file, if it was needed. */
  get vmdescription(): VmdescriptionFrame | undefined {
    return this.#vmdescription;
  }

  /**
   * @param pagesMayFollow Whether the block table is still to come.
   * @throws MappedRamError `unexpected-end` where the file ends first, `limit-exceeded`.
   */
  async find(section: UnboundedSection, pagesMayFollow: boolean): Promise<BoundedBody> {
    const { sectionId, bodyOffset, path } = section;
    let problem: MappedRamError | undefined;
    try {
      const known = await this.#knownEnd(section, pagesMayFollow);
      if (known !== undefined) return known;
    } catch (error) {
      problem = contentsErrorOf(error);
    }
    try {
      const endOffset = await this.#ends.search(bodyOffset, sectionId, path);
      problem = problem && ((await this.#doubtOf(problem, section, endOffset)) ?? problem);
      return { endOffset, boundedBy: 'footer-search' };
    } finally {
      // In front of what the search for the end throws.
      if (problem !== undefined) this.#note(problem);
    }
  }

  /** The fault of the description, where it is that, and not the state, that seems damaged. */
  async #doubtOf(
    { code }: MappedRamError,
    { idstr, instanceId, bodyOffset }: UnboundedSection,
    endOffset: number,
  ): Promise<MappedRamError | undefined> {
    if (code !== 'device-state-mismatch' || instanceId === undefined) return undefined;
    const device = this.#devices?.find(idstr, instanceId);
    if (device === undefined || this.#doubted.has(device)) return undefined;
    this.#doubted.add(device);
    const doubt = await findDescriptionDoubt(device, endOffset - bodyOffset, (offset, lengthBytes) =>
      this.#window.bytes(bodyOffset + offset, lengthBytes),
    );
    if (doubt === undefined) return undefined;
    const { path, ...values } = doubt;
    const what = `one character of the vmdescription does not fit the state of ${idstr}`;
    const byteOffset = this.#vmdescription?.byteOffset;
    return new MappedRamError('bad-vmdescription', { what, byteOffset, path, ...values });
  }

  async #knownEnd(section: UnboundedSection, pagesMayFollow: boolean): Promise<BoundedBody | undefined> {
    const grammar = iterableBodies.get(section.idstr);
    const endOffset =
      grammar === undefined
        ? await this.#describedEnd(section, pagesMayFollow)
        : await grammar(this.#window, section.bodyOffset);
    if (endOffset === undefined) return undefined;
    // Without footers nothing but the grammar or the description tells, and what follows may be damaged.
    const isKnown = this.#ends.lackFooters || (await this.#ends.fits(endOffset, section.sectionId));
    if (!isKnown) throw mismatch(section, endOffset);
    return { endOffset, boundedBy: grammar === undefined ? 'vmdescription' : 'grammar' };
  }

  async #describedEnd(section: UnboundedSection, pagesMayFollow: boolean): Promise<number | undefined> {
    const { idstr, instanceId, bodyOffset } = section;
    if (instanceId === undefined) return undefined;
    const measure = (await this.#describedDevices(bodyOffset, pagesMayFollow))?.measure(idstr, instanceId);
    if (measure === undefined) return undefined;
    for (const { offset, bytes } of measure.landmarks) {
      const actual = await this.#window.bytes(bodyOffset + offset, bytes.length);
      if (isSubsectionHeader(actual, bytes)) continue;
      // A subsection may always be missing: QEMU takes what is there for what follows the state.
      if (this.#ends.lackFooters && actual[0] !== SectionType.subsection) return bodyOffset + offset;
      throw mismatch(section, bodyOffset + offset);
    }
    return bodyOffset + measure.lengthBytes;
  }

  async #describedDevices(fromOffset: number, sparesPages: boolean): Promise<DescribedDevices | undefined> {
    if (!this.#searched) {
      this.#searched = true;
      this.#vmdescription ??= await findVmdescription(this.#source, {
        fromOffset,
        sparesPages,
      });
      const json = this.#vmdescription?.json;
      if (json !== undefined) this.#devices = new DescribedDevices(json);
    }
    return this.#devices;
  }
}

function mismatch({ path, idstr }: UnboundedSection, byteOffset: number): MappedRamError {
  return new MappedRamError('device-state-mismatch', { byteOffset, path, actual: idstr });
}
