import { expect, it } from 'vitest';
import { exampleFiles, readmeExamples } from './readme-examples.js';
import { typeFaults } from './typed-examples.js';

it('every example of the documents compiles in a strict project', async () => {
  expect(await typeFaults(readmeExamples())).toEqual([]);
});

it('every program in examples/ compiles in a strict project', async () => {
  const files = exampleFiles();
  expect(files.map(({ place }) => place)).toContain('examples/ci-gate.ts');
  expect(await typeFaults(files)).toEqual([]);
});

it('an example that does not compile is told with its place', async () => {
  const wrong = {
    place: 'nowhere.md:7',
    packageFolder: 'packages/lint',
    code: "import { lintSource } from '@mapped-ram/lint';\nawait lintSource('guest.mr');",
  };
  const [fault] = await typeFaults([wrong]);
  expect(fault).toMatch(/^nowhere\.md:7\(2,18\): error TS2345/);
});
