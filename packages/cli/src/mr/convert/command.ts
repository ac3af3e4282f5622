import { convertSnapshot, transformFile } from '@mapped-ram/transform';
import type { Command } from '../../shared/command.js';
import { isContainer } from '../../shared/open-source.js';
import { lastValue, oneOf } from '../../shared/option-values.js';
import { formatBytes, formatCount } from '../../shared/quantities.js';
import { channelGroup, channelOptions } from '../channel-options.js';
import {
  dropOption,
  dropUnmarkedOption,
  fileExitStatus,
  forceOption,
  formatOption,
  inputAndOutput,
  inputGroup,
  inputOptions,
  noSyncOption,
  openerOption,
  outputWish,
  wantsJson,
} from '../file-options.js';
import { runTransform } from '../run-transform.js';

const KINDS = ['mapped-ram', 'stream'] as const;

/** `mr convert` */
export const convertCommand: Command = {
  arguments: '[options] IN OUT',
  description:
    'Makes a mapped-ram snapshot out of a classic migration stream (migrate to a file: or exec: without the ' +
    'capability, or a save image of libvirt, raw or compressed), or the other way round; or takes a snapshot out of a disk image, of ' +
    'either kind. Memory, devices and machine stay what they are; a libvirt save image stays one. Streams with xbzrle or ' +
    'compressed pages are refused.',
  optionGroups: [
    {
      title: 'What to make',
      options: [
        {
          name: 'to',
          value: 'KIND',
          help: 'mapped-ram, where every page has its place; or stream, where pages follow one another. mapped-ram by default.',
        },
        dropUnmarkedOption,
        {
          name: 'large',
          help:
            'Make a stream also where it takes more than four times the room of IN and 64 MiB: that of a large guest which used ' +
            'little of its memory.',
        },
        noSyncOption,
        forceOption,
        formatOption,
      ],
    },
    inputGroup,
    channelGroup,
  ],
  exitStatus: fileExitStatus,
  examples: [
    ['mr convert --to mapped-ram guest.stream guest.mr', 'for a quick restore with multifd'],
    ['mr convert --to stream guest.mr guest.stream', 'for a QEMU before 9.0'],
    ['mr convert --snapshot base disk.qcow2 guest.mr', 'out of a disk image, also for a QEMU before 10.2'],
  ],
  run(line, context) {
    const { input, output } = inputAndOutput(line);
    const to = oneOf('to', lastValue(line, 'to') ?? 'mapped-ram', KINDS);
    const files = { input, output, json: wantsJson(line) };
    const channels = channelOptions(line, input, context);
    const pair = {
      ...files,
      ...outputWish(line),
      signal: context.signal,
      ...openerOption(line),
      channels,
    };
    const options = {
      ...inputOptions(line),
      ...dropOption(line),
      large: line.flags.has('large'),
      takeOut: isContainer(input),
    };
    return runTransform(files, context, async (onProgress) => {
      const { report } = await transformFile(pair, (source, target, transport) =>
        convertSnapshot(source, target, to, { ...options, transport, onProgress }),
      );
      const what = to === 'stream' ? 'a classic stream' : 'a mapped-ram snapshot';
      const { pages, sizeBytes } = report;
      return {
        json: { ...report },
        lines: [`${output}: ${what} of ${formatCount(pages, 'page')}, ${formatBytes(sizeBytes)} long`],
      };
    });
  },
};
