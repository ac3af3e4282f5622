import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder of JSON files, each called after the id of what it holds. */
export class JsonStore<Item extends { readonly id: string }> {
  readonly #folder: string;
  readonly #prefix: string;
  readonly #format: (item: Item) => string;

  /**
   * @param prefix What all ids begin with, and the files' paths in the folder do not.
   * @param format The text of a file. The same item has to give the same text.
   */
  constructor(folder: URL, prefix: string, format: (item: Item) => string) {
    this.#folder = fileURLToPath(folder);
    this.#prefix = prefix;
    this.#format = format;
  }

  /** The ids of everything in the folder, sorted. */
  list(): string[] {
    return readdirSync(this.#folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.json'))
      .map((path) => this.#prefix + path.slice(0, -'.json'.length))
      .sort();
  }

  /** Reads one; undefined where there is none of this id. */
  read(id: string): Item | undefined {
    const path = this.#pathOf(id);
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Item) : undefined;
  }

  /** Reads all, sorted by id. */
  readAll(): Item[] {
    return this.list().map((id) => this.read(id) as Item);
  }

  /** Writes one in place of the one of the same id. */
  write(item: Item): void {
    const path = this.#pathOf(item.id);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, this.format(item));
  }

  /** Removes one that nothing defines any more. */
  remove(id: string): void {
    rmSync(this.#pathOf(id));
  }

  /** The text of an item's file. */
  format(item: Item): string {
    return this.#format(item);
  }

  #pathOf(id: string): string {
    return join(this.#folder, `${id.slice(this.#prefix.length)}.json`);
  }
}
