import { drawMap, type SnapshotFile, toPng, toSvg } from '@mapped-ram/inspect';
import type { Command } from '../../shared/command.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { lastValue } from '../../shared/option-values.js';
import { textColumns } from '../../shared/terminal.js';
import { UsageError } from '../../shared/usage-error.js';
import { aboutFile } from '../file-error.js';
import { forceOption } from '../file-options.js';
import { writeOutputFile } from '../output-file.js';
import { paintFor } from '../paint.js';
import { readingGroup, readingOptions, withSnapshotFile } from '../snapshot-file.js';
import { blockCaption } from './block-caption.js';
import { terminalMap } from './terminal-map.js';

/** What a picture can be written as, by the ending of the file's name. */
const drawings = { '.svg': toSvg, '.png': toPng } as const;

/** `mr map` */
export const mapCommand: Command = {
  arguments: '[options] FILE',
  description:
    'Draws where the pages of a snapshot lie: each block a strip, the darker the more of its pages are set. No page is ' +
    'read, however large the file is.',
  optionGroups: [
    readingGroup,
    {
      title: 'What to draw',
      options: [
        {
          name: 'output',
          short: 'o',
          value: 'OUT',
          help: 'Write a picture, OUT.svg or OUT.png, instead of drawing in the terminal.',
        },
        { name: 'ascii', help: 'Draw in the terminal with nothing but ASCII.' },
        { ...forceOption, help: 'Replace OUT if it exists.' },
      ],
    },
  ],
  exitStatus: [
    ['0', 'it is drawn'],
    ['2', 'a file or an option could not be used'],
  ],
  examples: [
    ['mr map guest.mr', 'in the terminal'],
    ['mr map guest.mr -o map.svg', 'as a picture'],
  ],

  async run(line, { terminal, signal }) {
    const [path, ...others] = line.paths;
    if (path === undefined || others.length > 0)
      throw new UsageError(`one file is drawn, and ${line.paths.length} were given`);
    const output = lastValue(line, 'output');
    const draw = output === undefined ? undefined : drawingFor(output);
    await withSnapshotFile(path, { ...readingOptions(line), signal }, async ({ snapshot }: SnapshotFile) => {
      if (output !== undefined && draw !== undefined) {
        const picture = await aboutFile(path, drawMap(snapshot, path, blockCaption));
        await writeOutputFile(output, draw(picture), line.flags.has('force'));
        return;
      }
      const style = {
        paint: paintFor(terminal),
        columns: textColumns(terminal.stdout),
        shades: line.flags.has('ascii') ? ('ascii' as const) : ('unicode' as const),
      };
      terminal.stdout.write(await aboutFile(path, terminalMap(snapshot, style)));
    });
    return ExitStatus.ok;
  },
};

function drawingFor(path: string): (typeof drawings)[keyof typeof drawings] {
  const ending = (Object.keys(drawings) as (keyof typeof drawings)[]).find((end) =>
    path.toLowerCase().endsWith(end),
  );
  if (ending !== undefined) return drawings[ending];
  throw new UsageError(
    `the name of a picture ends in ${Object.keys(drawings).join(' or ')}, not ${JSON.stringify(path)}`,
  );
}
