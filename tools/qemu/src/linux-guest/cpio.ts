/** A file, folder or link of an archive. */
export interface CpioEntry {
  /** Without a slash before it. */
  readonly path: string;
  /** File type and permissions, as in `st_mode`. */
  readonly mode: number;
  /** A file's contents, or what a link points to. */
  readonly contents?: Uint8Array;
}

const MAGIC = '070701';
const TRAILER: CpioEntry = { path: 'TRAILER!!!', mode: 0 };

/** An archive in the "newc" format, which Linux unpacks as its first root folder. */
export function cpioArchive(entries: readonly CpioEntry[]): Uint8Array {
  return Buffer.concat([...entries, TRAILER].flatMap((entry, index) => record(entry, index + 1)));
}

function record({ path, mode, contents = new Uint8Array() }: CpioEntry, inode: number): Uint8Array[] {
  const name = Buffer.from(`${path}\0`);
  const links = 1;
  // inode, mode, uid, gid, links, time, size, device of the file and of the node (two numbers each), name, checksum
  const numbers = [inode, mode, 0, 0, links, 0, contents.length, 0, 0, 0, 0, name.length, 0];
  const header = MAGIC + numbers.map((number) => number.toString(16).padStart(8, '0')).join('');
  return [...padded(Buffer.concat([Buffer.from(header), name])), ...padded(contents)];
}

function padded(bytes: Uint8Array): Uint8Array[] {
  return [bytes, new Uint8Array((4 - (bytes.length % 4)) % 4)];
}
