import { loadCapture } from '@mapped-ram/fixtures';
import { countingSource } from '@mapped-ram/reader';
import { expect, it } from 'vitest';
import { publicFunctions } from './public-functions.js';
import { wrongSources, wrongValues } from './wrong-values.js';

const isMisuse = (error: unknown) => error instanceof TypeError || error instanceof RangeError;

/** What a call throws or rejects with; the answer, where it gives one. */
async function outcomeOf(call: () => unknown): Promise<unknown> {
  try {
    return { answer: await call() };
  } catch (error) {
    return error;
  }
}

/** A value for a message, whatever it is. */
const inWords = (value: unknown) =>
  typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : String(value);

const image = await loadCapture('qemu-10.0/none');
const cases = publicFunctions.flatMap(({ name, options }) =>
  Object.entries(options).flatMap(([option, kind]) =>
    wrongValues(kind).map((value) => ({ name, option, value })),
  ),
);

it('there are more than a thousand wrong values', () => {
  expect(cases.length).toBeGreaterThan(1000);
});

it.each(publicFunctions)(
  'no wrong option of $name is taken, and nothing is read for one',
  async ({ name, call, options }) => {
    for (const [option, kind] of Object.entries(options)) {
      for (const value of wrongValues(kind)) {
        const source = countingSource(image);
        const outcome = await outcomeOf(() => call({ [option]: value } as never, source));
        expect(outcome, `${name} with ${option} ${inWords(value)}`).toSatisfy(isMisuse);
        expect(String((outcome as Error).message), `${name} with ${option} ${inWords(value)}`).not.toMatch(
          /Cannot (read|destructure)|is not a function/,
        );
        expect(source.reads, `${name} with ${option} ${inWords(value)}`).toBe(0);
      }
    }
  },
);

it.each(publicFunctions)(
  'options of $name that are no object are refused',
  async ({ name, call, options }) => {
    const isMade = Object.keys(options).some((option) =>
      ['place', 'kind', 'role', 'fdsetId', 'source'].includes(option),
    );
    if (isMade) return;
    for (const value of [null, 7, 'all', true, Symbol('seven')]) {
      expect(
        await outcomeOf(() => call(value as never, countingSource(image))),
        `${name}(${inWords(value)})`,
      ).toSatisfy(isMisuse);
    }
  },
);

it.each(publicFunctions.filter(({ takesSource }) => takesSource))(
  'what is no source is refused by $name',
  async ({ name, call }) => {
    const isPathToo = name.startsWith('extract') || name === 'readPhysicalMap';
    for (const source of [...wrongSources, ...(isPathToo ? [] : ['guest.mr'])]) {
      const outcome = await outcomeOf(() => call({} as never, source as never));
      expect(outcome, `${name} with ${inWords(source)}`).toSatisfy(isMisuse);
    }
  },
);
