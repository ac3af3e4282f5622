import { digestText, sealFile, sealPath } from '@mapped-ram/pack/file';
import type { Command } from '../../shared/command.js';
import { lastValue } from '../../shared/option-values.js';
import { UsageError } from '../../shared/usage-error.js';
import { formatOption, wantsJson } from '../file-options.js';
import { runTransform } from '../run-transform.js';

/** `mr seal` */
export const sealCommand: Command = {
  arguments: '[options] FILE',
  description:
    'Takes down the digest of a file, the same that fsverity digest prints, and the hashes of its blocks, by which mr verify names what ' +
    'changed. The seal of FILE is FILE.seal; a packed file gets it into itself, of what is packed. Any file can be sealed.',
  optionGroups: [
    {
      title: 'What to make',
      options: [
        {
          name: 'sign',
          value: 'KEY',
          help: 'Sign the digest by ssh-keygen with this key file, or with that of an agent where it is a public one.',
        },
        {
          name: 'output',
          short: 'o',
          value: 'SEAL',
          help: 'The seal of a plain file; FILE.seal by default.',
        },
        { name: 'force', short: 'f', help: 'Replace a seal that is there.' },
        formatOption,
      ],
    },
  ],
  exitStatus: [
    ['0', 'FILE is sealed'],
    ['1', 'it could not be signed, or what is in it does not allow it'],
    ['2', 'a file or an option could not be used'],
  ],
  examples: [
    ['mr seal guest.mr', 'take down what it is'],
    ['mr seal --sign ~/.ssh/id_ed25519 guest.mr', 'and who says so'],
    ['mr verify guest.mr', 'is it still that?'],
  ],
  run(line, context) {
    const [input, ...others] = line.paths;
    if (input === undefined || others.length > 0) {
      throw new UsageError(`one FILE is needed, and ${line.paths.length} were given`);
    }
    const output = lastValue(line, 'output') ?? sealPath(input);
    const options = {
      output,
      overwrite: line.flags.has('force'),
      signWith: lastValue(line, 'sign'),
      signal: context.signal,
    };
    return runTransform({ input, output, json: wantsJson(line) }, context, async (onProgress) => {
      const report = await sealFile(input, { ...options, onProgress });
      const { sizeBytes, sealedPath, isSigned } = report;
      const digest = digestText(report.digest);
      return {
        json: { digest, sizeBytes, seal: sealedPath, signed: isSigned },
        lines: [`${digest} ${input}`, `${sealedPath}: the seal${isSigned ? ', signed' : ''}`],
      };
    });
  },
};
