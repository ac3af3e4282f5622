import type { CloneOptions } from '@mapped-ram/clone';
import type { Command } from '../../shared/command.js';
import { lastValue } from '../../shared/option-values.js';
import { UsageError } from '../../shared/usage-error.js';
import { formatOption, inputGroup, inputOptions, wantsJson } from '../file-options.js';
import { runTransform } from '../run-transform.js';
import { checkSealed, sealedGroup } from '../sealed.js';
import { secondsOf } from '../with-qemu/qmp-socket.js';
import { cloneText } from './clone-text.js';
import { libvirtCloneText, libvirtWish, makeLibvirtClone } from './libvirt-clone.js';
import { prepare, warn } from './prepare.js';
import { runClone } from './run-clone.js';

/** `mr clone` */
export const cloneCommand: Command = {
  arguments: '[options] FILE (-o DIR | --libvirt NAME -o IMAGE | --run -- QEMU [ARGUMENT]...)',
  description:
    'Starts VMs straight from a snapshot in milliseconds, whatever its size: its memory is mapped instead of loaded, ' +
    'privately, so that any number of VMs can run from one file and share what they only read. DIR gets a small file ' +
    'with all the rest of the state, and clone.json with what QEMU has to be told; or IMAGE is made, which virsh restore starts. FILE must not change while a VM runs.',
  optionGroups: [
    {
      title: 'What to make',
      options: [
        {
          name: 'output',
          short: 'o',
          value: 'DIR',
          help: 'The folder for the state and clone.json, for any number of VMs. It is made if it is not there.',
        },
        {
          name: 'run',
          help:
            'Start this QEMU and let it go on. Give the VM the arguments that it was saved with; those for its memory and ' +
            '-incoming are replaced. With -S it stays paused.',
        },
        {
          name: 'qmp-timeout',
          value: 'SECONDS',
          help: 'With --run: how long QEMU may take until it speaks, and for each answer; 30 by default.',
        },
        { name: 'force', short: 'f', help: 'Replace the clone that is in DIR.' },
        formatOption,
      ],
    },
    {
      title: 'Which memory to map',
      options: [
        {
          name: 'block',
          value: 'ID',
          repeatable: true,
          help: "Map this block; may be repeated. By default the machine's main RAM and memory backends are mapped.",
        },
        {
          name: 'main-ram',
          value: 'ID|none',
          help: "The block that is the machine's main RAM, where its name does not tell; none for NUMA nodes.",
        },
        {
          name: 'backend-id',
          value: 'ID',
          help: "The id of the main RAM's memory backend; by default, what the block is called.",
        },
      ],
    },
    {
      title: 'For libvirt',
      options: [
        {
          name: 'libvirt',
          value: 'NAME',
          help:
            'Make a small save image of a domain of this name, which virsh restore starts in a moment. Each clone has an image of its own; ' +
            'name, UUID and sockets are its own, and its disks are those of the XML.',
        },
        { name: 'uuid', value: 'UUID', help: 'The UUID of the domain; a new one if not given.' },
        {
          name: 'xml',
          value: 'FILE',
          help: 'The domain, where FILE is no image of libvirt, or other disks and networks are wanted.',
        },
      ],
    },
    sealedGroup,
    { ...inputGroup, title: 'How to read FILE' },
  ],
  exitStatus: [
    ['0', 'the clone is prepared; with --run, QEMU ended well'],
    ['1', 'what is in FILE does not allow it; with --run, QEMU failed'],
    ['2', 'a file or an option could not be used'],
  ],
  examples: [
    ['mr clone guest.mr -o guest.clone', 'prepare a clone'],
    ['mr clone guest.mr --run -- qemu-system-x86_64 -M q35 -m 4G -nographic', 'prepare and start one'],
    ['mr clone guest.save --libvirt web1 -o web1.save', 'one that virsh restore starts'],
    ['mr scrub guest.mr', 'what a live save needs before'],
  ],
  run(line, context) {
    const [input, ...command] = line.paths;
    if (input === undefined) throw new UsageError('no file given');
    const output = lastValue(line, 'output');
    const json = wantsJson(line);
    const { streamOffset, wordOrder } = inputOptions(line);
    const options: CloneOptions = {
      streamOffset,
      wordOrder,
      blocks: line.values.get('block'),
      mainRam: lastValue(line, 'main-ram'),
      backendId: lastValue(line, 'backend-id'),
      overwrite: line.flags.has('force'),
      signal: context.signal,
    };
    const wish = libvirtWish(line);
    const check = (plainPath: string) => checkSealed(line, input, plainPath, context);
    if (line.flags.has('run')) {
      const [program, ...args] = command;
      if (program === undefined) throw new UsageError('--run needs the QEMU to run, behind --');
      if (json)
        throw new UsageError(
          'standard output is the VM’s with --run; with -o DIR, the JSON is in DIR/clone.json',
        );
      const timeoutMs = secondsOf(line, 'qmp-timeout');
      return runClone(
        {
          input,
          snapshot: lastValue(line, 'snapshot'),
          output,
          options,
          command: [program, ...args],
          timeoutMs,
          check,
        },
        context,
      );
    }
    if (output === undefined) throw new UsageError('-o DIR is needed, or --run');
    if (command.length > 0)
      throw new UsageError(`one file is cloned at a time, and ${line.paths.length} were given`);
    return runTransform({ input, output, json }, context, async () => {
      if (wish !== undefined) {
        await check(input);
        const image = await makeLibvirtClone(input, output, wish, options);
        warn(image, context);
        return { json: { ...image }, lines: libvirtCloneText(image, output) };
      }
      const clone = await prepare(
        { input, snapshot: lastValue(line, 'snapshot'), output, options, check },
        context,
      );
      warn(clone, context);
      return { json: { ...clone }, lines: await cloneText(clone, output) };
    });
  },
};
