import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TesteeCommand } from '../protocol/testee-process.js';
import { type KnownFailure, readKnownFailing } from './known-failing.js';

const TESTEES_PATH = fileURLToPath(new URL('../../testees', import.meta.url));

/** A testee's folder, read. */
export interface FoundTestee {
  readonly command: TesteeCommand;
  /** The testee is started in it. */
  readonly folder: string;
  readonly knownFailing: readonly KnownFailure[];
}

/** The names of the testees that come with the suite. */
export function listTestees(): string[] {
  return readdirSync(TESTEES_PATH)
    .filter((name) => existsSync(join(TESTEES_PATH, name, 'testee.json')))
    .sort();
}

/**
 * Finds a testee by its name, or by the path of its folder.
 *
 * @throws RangeError where there is none.
 */
export function findTestee(nameOrPath: string): FoundTestee {
  const isPath = nameOrPath.includes('/') || isAbsolute(nameOrPath);
  const folder = isPath ? resolve(nameOrPath) : join(TESTEES_PATH, nameOrPath);
  const path = join(folder, 'testee.json');
  if (!existsSync(path)) {
    if (!isPath && existsSync(join(nameOrPath, 'testee.json'))) {
      throw new RangeError(
        `${nameOrPath} is none of the testees that come with the suite; --testee ./${nameOrPath} is the folder here`,
      );
    }
    throw new RangeError(
      `there is no testee ${nameOrPath}; there are ${listTestees().join(', ')}, or give a folder with a testee.json`,
    );
  }
  return {
    command: JSON.parse(readFileSync(path, 'utf8')) as TesteeCommand,
    folder,
    knownFailing: readKnownFailing(join(folder, 'known-failing.txt')),
  };
}
