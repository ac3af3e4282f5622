import { relocateSnapshot, transformFile } from '@mapped-ram/transform';
import type { Command } from '../../shared/command.js';
import { lastValue, toOffset } from '../../shared/option-values.js';
import { formatBytes, formatOffset } from '../../shared/quantities.js';
import { bitmapOrderOption } from '../../shared/reading-options.js';
import { UsageError } from '../../shared/usage-error.js';
import {
  dropOption,
  dropUnmarkedOption,
  fileExitStatus,
  forceOption,
  formatOption,
  inputAndOutput,
  openerOption,
  orderOption,
  wantsJson,
} from '../file-options.js';
import { runTransform } from '../run-transform.js';

/** `mr relocate` */
export const relocateCommand: Command = {
  arguments: '--offset N [options] IN OUT',
  description:
    'Moves the stream to another place in its file and rewrites every offset, which cutting off or adding bytes in ' +
    'front would break. What was in front of it is left out: a libvirt save image becomes a file that QEMU restores by ' +
    'itself. What is in front of the new place is a hole.',
  optionGroups: [
    {
      title: 'What to make',
      options: [
        {
          name: 'offset',
          value: 'N',
          help: 'Where the stream is to start in OUT: 0, 4096, 0x1000, 4k, 1.5M.',
        },
        dropUnmarkedOption,
        forceOption,
        formatOption,
      ],
    },
    {
      title: 'How to read IN',
      options: [
        {
          name: 'from',
          value: 'N',
          help: 'The stream starts at this byte of IN; by default at the start, or where a libvirt save image says.',
        },
        bitmapOrderOption,
      ],
    },
  ],
  exitStatus: fileExitStatus,
  examples: [
    ['mr relocate --offset 0 image.save guest.mr', 'out of a libvirt save image'],
    ['mr relocate --offset 1M guest.mr room.mr', 'room for a header of 1 MiB'],
    ['mr relocate --from 1M --offset 0 room.mr guest.mr', 'and back'],
  ],
  run(line, context) {
    const { input, output } = inputAndOutput(line);
    const offset = lastValue(line, 'offset');
    if (offset === undefined) throw new UsageError('--offset is needed: where the stream is to start in OUT');
    const toByte = toOffset(offset);
    const from = lastValue(line, 'from');
    const options = {
      ...orderOption(line),
      ...dropOption(line),
      ...(from !== undefined && { streamOffset: toOffset(from, 'from') }),
    };
    const files = { input, output, json: wantsJson(line) };
    const pair = {
      ...files,
      overwrite: line.flags.has('force'),
      signal: context.signal,
      ...openerOption(line),
    };
    return runTransform(files, context, async (onProgress) => {
      const { report } = await transformFile(pair, (source, target) =>
        relocateSnapshot(source, target, toByte, { ...options, onProgress }),
      );
      const { sizeBytes } = report;
      return {
        json: { streamOffset: toByte, sizeBytes },
        lines: [
          `${output}: the stream starts at ${toByte} (${formatOffset(toByte)}), ${formatBytes(sizeBytes)} long`,
        ],
      };
    });
  },
};
