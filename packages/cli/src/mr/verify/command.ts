import { type ChangedPlace, digestText, type VerifyReport, verifyFile } from '@mapped-ram/pack/file';
import type { Command } from '../../shared/command.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { lastValue } from '../../shared/option-values.js';
import { printable, printableJson } from '../../shared/printable.js';
import { formatBytes, formatCount } from '../../shared/quantities.js';
import { UsageError } from '../../shared/usage-error.js';
import { formatOption, wantsJson } from '../file-options.js';
import { withProgress } from '../progress.js';
import { failureOf } from '../run-transform.js';

/** Changes that are named. */
const MAX_CHANGES = 20;
const MAX_CHANGES_JSON = 10_000;

/** `mr verify` */
export const verifyCommand: Command = {
  arguments: '[options] FILE',
  description:
    'Holds a file against the seal that mr seal made: the whole file is read. What changed is named: the block of memory, the page, and ' +
    'where the guest has it.',
  optionGroups: [
    {
      title: 'What to ask for',
      options: [
        {
          name: 'verify-with',
          value: 'SIGNERS',
          help: 'The seal has to be signed by one of these: a file of allowed signers (ssh-keygen), or one public key.',
        },
        {
          name: 'seal',
          value: 'SEAL',
          help: 'The seal of a plain file, or a packed file that has it; FILE.seal by default.',
        },
      ],
    },
    {
      title: 'What to print',
      options: [{ name: 'quiet', short: 'q', help: 'Nothing: the exit status tells.' }, formatOption],
    },
  ],
  exitStatus: [
    ['0', 'every bit is as it was sealed'],
    ['1', 'it changed; or the seal is damaged, missing, or not signed as was asked'],
    ['2', 'a file or an option could not be used'],
  ],
  examples: [
    ['mr verify guest.mr', 'is it what was sealed?'],
    ['mr verify --verify-with allowed_signers guest.mr.zst', 'and sealed by whom we trust?'],
  ],
  async run(line, context) {
    const { terminal, signal } = context;
    const [path, ...others] = line.paths;
    if (path === undefined || others.length > 0) {
      throw new UsageError(`one FILE is needed, and ${line.paths.length} were given`);
    }
    const isJson = wantsJson(line);
    const options = {
      sealPath: lastValue(line, 'seal'),
      verifyWith: lastValue(line, 'verify-with'),
      maxChanges: isJson ? MAX_CHANGES_JSON : MAX_CHANGES,
      signal,
    };
    try {
      const report = await withProgress(terminal, path, (onProgress) =>
        verifyFile(path, { ...options, onProgress }),
      );
      if (!line.flags.has('quiet')) {
        const text = isJson ? printableJson(toJson(path, report)) : `${textOf(path, report).join('\n')}\n`;
        terminal.stdout.write(text);
      }
      return report.isSame ? ExitStatus.ok : ExitStatus.errorsFound;
    } catch (error) {
      return failureOf(error, { input: path, output: path, json: isJson }, context);
    }
  },
};

function textOf(path: string, report: VerifyReport): string[] {
  const { isSame, digest, signer, sizeBytes, sealedSizeBytes, changedBlocks, changes } = report;
  const by = signer === undefined ? '' : `, signed by ${signer}`;
  if (isSame) return [`${path}: as it was sealed, ${digestText(digest)}${by}`].map(printable);
  const lines = [`${path}: CHANGED since it was sealed${by}`];
  if (sizeBytes !== sealedSizeBytes) {
    lines.push(
      `  it is ${formatBytes(sizeBytes)} long (${sizeBytes}) and was ${formatBytes(sealedSizeBytes)} (${sealedSizeBytes})`,
    );
  }
  if (changedBlocks > 0) lines.push(`  ${formatCount(changedBlocks, 'block')} of 4 KiB changed:`);
  lines.push(...changes.map((change) => `    ${changeText(change)}`));
  const named = new Set(changes.map(({ byteOffset }) => Math.floor(byteOffset / 4096))).size;
  if (named < changedBlocks) lines.push(`    and ${formatCount(changedBlocks - named, 'block')} more`);
  return lines.map(printable);
}

function changeText({ byteOffset, lengthBytes, block, page, address }: ChangedPlace): string {
  const where = `0x${byteOffset.toString(16)} (${lengthBytes} bytes)`;
  if (block === undefined) return `${where}: no page: headers, bitmaps or the state of devices`;
  const guest = address === undefined ? '' : `, guest-physical 0x${address.toString(16)}`;
  return `${where}: ${block} page ${page}${guest}`;
}

function toJson(path: string, { digest, changes, ...report }: VerifyReport): unknown {
  return {
    version: 1,
    file: path,
    ...report,
    digest: digestText(digest),
    changes: changes.map(({ address, ...change }) => ({
      ...change,
      ...(address !== undefined && { address: `0x${address.toString(16)}` }),
    })),
  };
}
