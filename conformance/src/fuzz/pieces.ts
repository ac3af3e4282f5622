import type { Places } from '../builder/places.js';

/** A part of the stream that can be taken out, repeated or moved as a whole. Offsets in the unmutated capture. */
export interface Piece {
  readonly offset: number;
  readonly end: number;
}

/** Longer pieces, which hold pages, are not copied. */
const MAX_COPIED_BYTES = 64 * 1024;

/** Every piece: configuration, records, their EOS words and footers, the end marker, the vmdescription. */
export function listPieces({ model, sections }: Places): Piece[] {
  const { configuration, endMarkerOffset, vmdescription } = model;
  return [
    ...(configuration === undefined ? [] : [spanOf(configuration)]),
    ...model.sections.map(spanOf),
    ...sections.flatMap(({ footerOffset, end }) =>
      end > footerOffset ? [{ offset: footerOffset, end }] : [],
    ),
    ...model.sections.flatMap((section) =>
      section.kind === 'command'
        ? []
        : (section.ram?.words ?? []).map(({ byteOffset }) => ({ offset: byteOffset, end: byteOffset + 8 })),
    ),
    ...(endMarkerOffset === undefined ? [] : [{ offset: endMarkerOffset, end: endMarkerOffset + 1 }]),
    ...(vmdescription === undefined ? [] : [spanOf(vmdescription)]),
  ];
}

/** The pieces that are short enough to be repeated or moved. */
export function listShortPieces(places: Places): Piece[] {
  return listPieces(places).filter(({ offset, end }) => end - offset <= MAX_COPIED_BYTES);
}

/** Where a record begins or the stream ends: what can be inserted there comes between two records. */
export function listRecordBoundaries({ model }: Places): number[] {
  const offsets = model.sections.map(({ byteOffset }) => byteOffset);
  return model.endMarkerOffset === undefined ? offsets : [...offsets, model.endMarkerOffset];
}

function spanOf({
  byteOffset,
  byteLength,
}: {
  readonly byteOffset: number;
  readonly byteLength: number;
}): Piece {
  return { offset: byteOffset, end: byteOffset + byteLength };
}
