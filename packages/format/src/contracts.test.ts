import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mappedRamErrorCodes } from './errors.js';
import { Limits } from './limits.js';

/** The names of errors and limits are a contract: nothing is promised that no code keeps and no test shows. */
const packages = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, packages), 'utf8');

const files = readdirSync(packages)
  .flatMap((name) =>
    readdirSync(new URL(`${name}/src`, packages), { recursive: true, encoding: 'utf8' }).map(
      (path) => `${name}/src/${path}`,
    ),
  )
  .filter((path) => path.endsWith('.ts') && !path.startsWith('format/src/generated/'));
/** These tell of all codes at once, or make errors of their own. */
const GENERAL = /^(?:format\/src\/(?:errors|contracts|limits)(?:\.test)?|lint\/src\/registry\.test)\.ts$/;

const special = files.filter((path) => !GENERAL.test(path));
const isTest = (path: string) => path.endsWith('.test.ts') || path.includes('/testing/');
const sources = special.filter((path) => !isTest(path)).map(read);
const tests = special.filter(isTest).map(read);

const names = (code: string) => (text: string) => text.includes(`'${code}'`);
/** multifd's are put together. */
const composed = (code: string) => code === 'read-failed' || code === 'write-failed';

it.each(mappedRamErrorCodes)('the code %s is thrown, and a test expects it', (code) => {
  expect(sources.some(names(code)) || composed(code)).toBe(true);
  expect(tests.some(names(code))).toBe(true);
});

it.each(Object.keys(Limits))('the limit %s is held to', (limit) => {
  expect(sources.some((text) => text.includes(`Limits.${limit}`))).toBe(true);
});
