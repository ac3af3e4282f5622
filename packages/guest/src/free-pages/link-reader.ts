import { LIST_LINK, MAX_FRAMES, NO_LINK } from './free-heads.js';
import type { PageLayout } from './page-layout.js';
import type { SectionMap } from './section-map.js';
import type { Zones } from './zones.js';

/** Makes out what a pointer in a free list leads to. */
export class LinkReader {
  readonly #zones: Zones;
  readonly #layout: PageLayout;
  readonly #framesPerSection: number;
  /** Where the sections' page structures are, ascending. */
  readonly #sections: { readonly address: bigint; readonly firstFrame: number }[];
  /** Where all sections have their structures as one array: where that of page 0 would be. */
  readonly #base: { readonly high: number; readonly low: number } | undefined;

  constructor({ sections, framesPerSection }: SectionMap, layout: PageLayout, zones: Zones) {
    this.#zones = zones;
    this.#layout = layout;
    this.#framesPerSection = framesPerSection;
    this.#sections = sections
      .map(({ firstFrame, pagesAddress }) => ({ firstFrame, address: pagesAddress }))
      .sort((a, b) => (a.address < b.address ? -1 : 1));
    const bases = this.#sections.map(({ firstFrame, address }) =>
      BigInt.asUintN(64, address - BigInt(firstFrame) * BigInt(layout.structBytes)),
    );
    const [base] = bases;
    if (base !== undefined && bases.every((one) => one === base)) {
      const link = base + BigInt(layout.link);
      this.#base = { high: Number(BigInt.asUintN(32, link >> 32n)), low: Number(BigInt.asUintN(32, link)) };
    }
  }

  /** A link as {@link FreeHeads} has it, out of the halves of a pointer. */
  link(high: number, low: number): number {
    if (this.#base !== undefined) {
      const distance = (high - this.#base.high) * 2 ** 32 + (low - this.#base.low);
      const frame = distance / this.#layout.structBytes;
      if (Number.isSafeInteger(distance) && Number.isInteger(frame) && frame >= 0 && frame < MAX_FRAMES)
        return frame;
    }
    const pointer = (BigInt(high) << 32n) | BigInt(low);
    const frame = this.#base === undefined ? this.#findFrame(pointer) : undefined;
    return frame ?? this.#findList(pointer) ?? NO_LINK;
  }

  /** A link out of a pointer. */
  linkOf(pointer: bigint): number {
    return this.link(Number(pointer >> 32n), Number(pointer & 0xffff_ffffn));
  }

  /** The link to a list of a zone. @param zone Position among all zones */
  listLink(zone: number, order: number, type: number): number {
    const { orders, types } = this.#zones.layout;
    return LIST_LINK + (zone * orders + order) * types + type;
  }

  #findFrame(pointer: bigint): number | undefined {
    const address = pointer - BigInt(this.#layout.link);
    let low = 0;
    let high = this.#sections.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sections[middle]?.address ?? 0n) <= address) low = middle + 1;
      else high = middle;
    }
    const section = this.#sections[low - 1];
    if (section === undefined) return undefined;
    const index = Number(address - section.address) / this.#layout.structBytes;
    return Number.isInteger(index) && index < this.#framesPerSection ? section.firstFrame + index : undefined;
  }

  #findList(pointer: bigint): number | undefined {
    const { zones, layout } = this.#zones;
    const { areaBytes, listsOffset, listBytes, orders, types } = layout;
    for (const [index, { areasAddress }] of zones.entries()) {
      const distance = Number(pointer - areasAddress);
      if (distance < 0 || distance >= orders * areaBytes) continue;
      const type = ((distance % areaBytes) - listsOffset) / listBytes;
      if (!Number.isInteger(type) || type < 0 || type >= types) return undefined;
      return this.listLink(index, Math.floor(distance / areaBytes), type);
    }
    return undefined;
  }
}
