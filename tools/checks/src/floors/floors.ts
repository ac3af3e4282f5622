import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT_PATH } from '../docs/checkout.js';

/** What `floors.json` says of a package. */
export interface PackageEntry {
  /** A few words for people. */
  readonly for: string;
  /** The packages that its code may import; its tests may import any. */
  readonly imports: readonly string[];
  /** Whether its code may import Node's own modules; or the files, and folders with a slash at their end, that may. */
  readonly node: 'yes' | 'no' | readonly string[];
  /** Whether it may start threads. */
  readonly threads?: boolean;
}

/** Packages on the same floor and do not import each other. */
export interface Floor {
  readonly what: string;
  readonly packages: Readonly<Record<string, PackageEntry>>;
}

/** The floors of the project, the top one first. */
export function readFloors(): readonly Floor[] {
  const { floors } = JSON.parse(readFileSync(join(CHECKOUT_PATH, 'floors.json'), 'utf8'));
  return floors as Floor[];
}

/** The folder of a package below the checkout. */
export function folderOf(name: string): string {
  return name === 'conformance' || name === 'fixtures' ? name : `packages/${name}`;
}
