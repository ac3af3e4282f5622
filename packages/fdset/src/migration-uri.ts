import { parseSize } from '@mapped-ram/format';

/** Where a `file:` URI leads. */
export interface MigrationUri {
  /** As it stands in the URI; `/dev/fdset/N` for a set of descriptors. A relative path is in QEMU's working directory. */
  readonly path: string;
  /** The set's number, where the path is one. */
  readonly fdsetId?: number;
  /** Where the stream starts; 0 when the URI says nothing. */
  readonly byteOffset: number;
}

/** What to make a `file:` URI of: a path or a set. */
export type MigrationUriParts = { readonly byteOffset?: number } & (
  | { readonly path: string }
  | { readonly fdsetId: number }
);

const SCHEME = 'file:';
const OFFSET_OPTION = ',offset=';
const FDSET_FOLDER = '/dev/fdset/';
/** The number is read as a C `int`, after white space and a sign. */
const FDSET_ID = /^[ \t\n\v\f\r]*\+?(\d+)$/;
const MAX_FDSET_ID = 2 ** 31 - 1;

/**
 * Reads `file:PATH` or `file:PATH,offset=SIZE` as QEMU does, sizes in its syntax included. The path ends at the first `,offset=`; other
 * commas belong to it. Only `file:` can carry mapped-ram. Mirrors `file_parse_offset`.
 *
 * @throws RangeError where QEMU refuses the text, or the offset is above 2^53 - 1
 */
export function parseMigrationUri(uri: string): MigrationUri {
  if (!uri.startsWith(SCHEME))
    throw new RangeError(`mapped-ram needs a file: URI, not ${JSON.stringify(uri)}`);
  const rest = uri.slice(SCHEME.length);
  const optionAt = rest.indexOf(OFFSET_OPTION);
  const path = optionAt === -1 ? rest : rest.slice(0, optionAt);
  if (path === '') throw new RangeError(`no path in ${JSON.stringify(uri)}`);
  const byteOffset = optionAt === -1 ? 0 : parseSize(rest.slice(optionAt + OFFSET_OPTION.length));
  if (!path.startsWith(FDSET_FOLDER)) return { path, byteOffset };
  const fdsetId = Number(FDSET_ID.exec(path.slice(FDSET_FOLDER.length))?.[1] ?? Number.NaN);
  if (!(fdsetId <= MAX_FDSET_ID)) throw new RangeError(`not the number of a set: ${JSON.stringify(path)}`);
  return { path, fdsetId, byteOffset };
}

/**
 * Writes a URI that {@link parseMigrationUri} and QEMU read back to the same parts.
 *
 * @throws RangeError for a path that the syntax cannot carry, a set that a URI cannot name, or an offset that is not one
 */
export function formatMigrationUri(parts: MigrationUriParts): string {
  const { byteOffset = 0 } = parts;
  const path = 'path' in parts ? parts.path : `${FDSET_FOLDER}${parts.fdsetId}`;
  const uri = `${SCHEME}${path}${byteOffset === 0 ? '' : `${OFFSET_OPTION}${byteOffset}`}`;
  const read = parseMigrationUri(uri);
  const isSame = read.path === path && read.byteOffset === byteOffset;
  if (!isSame || ('fdsetId' in parts && read.fdsetId !== parts.fdsetId)) {
    throw new RangeError(`cannot be written as a file: URI: ${JSON.stringify(parts)}`);
  }
  return uri;
}
