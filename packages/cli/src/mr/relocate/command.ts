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
  noSyncOption,
  openerOption,
  orderOption,
  outputWish,
  wantsJson,
} from '../file-options.js';
import { runTransform } from '../run-transform.js';
import { imageWish, intoImage } from './into-image.js';

/** `mr relocate` */
export const relocateCommand: Command = {
  arguments: '(--offset N | --libvirt-header FROM | --xml FILE) [options] IN OUT',
  description:
    'Moves the stream to another place in its file and rewrites every offset, which cutting off or adding bytes in ' +
    'front would break. What was in front of it is left out: a libvirt save image becomes a file that QEMU restores by ' +
    'itself. What is in front of the new place is a hole. Or puts the stream into a libvirt save image, which virsh restores.',
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
        noSyncOption,
        forceOption,
        formatOption,
      ],
    },
    {
      title: 'To make an image of libvirt',
      options: [
        {
          name: 'libvirt-header',
          value: 'FROM',
          help: 'With the header, the domain XML and the cookie of this image.',
        },
        {
          name: 'xml',
          value: 'FILE',
          help: 'With this domain XML, which may be longer than virsh save-image-define takes.',
        },
        { name: 'name', value: 'NAME', help: 'What the domain is to be called.' },
        { name: 'uuid', value: 'UUID', help: 'The UUID that it is to have.' },
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
    ['mr relocate --libvirt-header image.save guest.mr new.save', 'and back into one'],
    ['mr relocate --xml guest.xml --name other image.save new.save', 'with another domain'],
    ['mr relocate --offset 1M guest.mr room.mr', 'room for a header of 1 MiB'],
    ['mr relocate --from 1M --offset 0 room.mr guest.mr', 'and back'],
  ],
  run(line, context) {
    const { input, output } = inputAndOutput(line);
    const offset = lastValue(line, 'offset');
    const wish = imageWish(line);
    if (offset === undefined && wish === undefined) {
      throw new UsageError(
        '--offset is needed: where the stream is to start in OUT; or --libvirt-header or --xml, for an image of libvirt',
      );
    }
    if (offset !== undefined && wish !== undefined) {
      throw new UsageError(
        '--offset does not go with an image of libvirt: its header says where the stream starts',
      );
    }
    const from = lastValue(line, 'from');
    const options = {
      ...orderOption(line),
      ...dropOption(line),
      ...(from !== undefined && { streamOffset: toOffset(from, 'from') }),
    };
    const files = { input, output, json: wantsJson(line) };
    const pair = {
      ...files,
      ...outputWish(line),
      signal: context.signal,
      ...openerOption(line),
    };
    return runTransform(files, context, async (onProgress) => {
      if (wish !== undefined) {
        const { streamOffset, sizeBytes, name } = await intoImage(pair, wish, { ...options, onProgress });
        return {
          json: { streamOffset, sizeBytes, name },
          lines: [`${output}: an image of ${name}, ${formatBytes(sizeBytes)} long; virsh restore starts it`],
        };
      }
      const toByte = toOffset(offset ?? '');
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
