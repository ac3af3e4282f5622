import { formatLogRecord, type LogRecord, openLinuxGuest, readLog } from '@mapped-ram/guest';
import type { Command } from '../../shared/command.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { printable, printableJson } from '../../shared/printable.js';
import { UsageError } from '../../shared/usage-error.js';
import { aboutFile } from '../file-error.js';
import { formatOption, wantsJson } from '../file-options.js';
import { guestOptions, vmcoreinfoOption } from '../guest-options.js';
import { readingGroup, readingOptions, withSnapshotFile } from '../snapshot-file.js';

/** `mr dmesg` */
export const dmesgCommand: Command = {
  arguments: '[options] FILE',
  description:
    'Prints the log of a Linux guest’s kernel, from the snapshot alone, without symbols and without starting the guest. ' +
    'Linux 5.10 and later, on x86-64 and arm64.',
  optionGroups: [
    { title: 'How to find the kernel', options: [vmcoreinfoOption] },
    readingGroup,
    { title: 'What to print', options: [formatOption] },
  ],
  exitStatus: [
    ['0', 'the log was printed'],
    ['2', 'a file or an option could not be used, or the guest is not understood'],
  ],
  examples: [
    ['mr dmesg guest.mr', 'what the kernel has logged'],
    ['mr dmesg --format json guest.mr', 'with exact times, for programs'],
  ],
  async run(line, { terminal, signal }) {
    const [path, ...others] = line.paths;
    if (path === undefined || others.length > 0) {
      throw new UsageError(`one file is needed, and ${line.paths.length} were given`);
    }
    const isJson = wantsJson(line);
    const find = await guestOptions(line);
    return withSnapshotFile(path, { ...readingOptions(line), signal }, async ({ snapshot }) => {
      const guest = await aboutFile(path, openLinuxGuest(snapshot, find));
      const records = await aboutFile(path, collect(readLog(guest)));
      if (isJson) {
        const log = records.map(({ sequence, timeNs, text }) => ({
          sequence: Number(sequence),
          timeNs: String(timeNs),
          text,
        }));
        terminal.stdout.write(printableJson({ version: 1, path, release: guest.release, log }));
      } else {
        const lines = records.flatMap(formatLogRecord);
        terminal.stdout.write(
          lines.map((text) => `${text.split('\t').map(printable).join('\t')}\n`).join(''),
        );
      }
      return ExitStatus.ok;
    });
  },
};

async function collect(records: AsyncIterable<LogRecord>): Promise<LogRecord[]> {
  const collected: LogRecord[] = [];
  for await (const record of records) collected.push(record);
  return collected;
}
