import { join } from 'node:path';
import { allOrOneIn, loadCapture } from '@mapped-ram/fixtures';
import { findQemu, launchQemu } from '@mapped-ram/tool-qemu';
import { expect, it } from 'vitest';
import { type ReadmeExample, readmeExamples, runExample } from './readme-examples.js';

const examples = readmeExamples();
const needsQemu = ({ code }: ReadmeExample) => code.includes('qmp.sock');
const qemu = findQemu('10.0');

/** The snapshot that every example may open. */
const SNAPSHOT = 'qemu-10.0/q35';

it('there are examples', () => {
  expect(examples.map(({ packageFolder }) => packageFolder)).toContain('packages/reader');
});

/** Runs an example beside a snapshot; what it promises to print, in a comment behind each `console.log`, has to come. */
async function check(example: ReadmeExample, prepare: (folder: string) => Promise<void>): Promise<void> {
  const snapshot = await loadCapture(SNAPSHOT);
  const printed = await runExample(example, async (folder) => {
    await snapshot.writeTo(join(folder, 'snapshot.mr'));
    await prepare(folder);
  });
  expect(printed).not.toBe('');
  const promised = [...example.code.matchAll(/console\.log\(.*\); \/\/ (?!such as)(.*)/g)].map(
    ([, text]) => text,
  );
  expect(printed.split('\n')).toEqual(expect.arrayContaining(promised));
}

it.each(
  allOrOneIn(
    5,
    examples.filter((example) => !needsQemu(example)),
  ),
)('$place runs', (example) => check(example, async () => {}));

it.skipIf(qemu.kind === 'missing').each(allOrOneIn(3, examples.filter(needsQemu)))(
  `$place runs against QEMU${qemu.kind === 'missing' ? ` (${qemu.reason})` : ''}`,
  async (example) => {
    let kill = async () => {};
    try {
      await check(example, async (folder) => {
        const socket = `unix:${join(folder, 'qmp.sock')},server=on,wait=off`;
        const vm = await launchQemu({ version: '10.0', args: ['-M', 'none', '-S', '-qmp', socket] });
        kill = vm.kill;
      });
    } finally {
      await kill();
    }
  },
);

it('an example that fails says why', async () => {
  const failing = {
    place: 'nowhere',
    packageFolder: 'tools/checks',
    code: 'throw new Error("out of order");',
  };
  await expect(runExample(failing, async () => {})).rejects.toThrow('out of order');
});
