import { type GuestTask, listTasks, openLinuxGuest } from '@mapped-ram/guest';
import type { Command } from '../../shared/command.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { printable, printableJson } from '../../shared/printable.js';
import { UsageError } from '../../shared/usage-error.js';
import { aboutFile } from '../file-error.js';
import { formatOption, wantsJson } from '../file-options.js';
import { guestOptions, vmcoreinfoOption } from '../guest-options.js';
import { readingGroup, readingOptions, withSnapshotFile } from '../snapshot-file.js';
import { textTable } from '../text-table.js';

/** `mr ps` */
export const psCommand: Command = {
  arguments: '[options] FILE',
  description:
    'Lists the processes of a Linux guest, from the snapshot alone, in the order in which they were started: by the symbols and types that its ' +
    'kernel has in itself (kallsyms and BTF). Linux 5.10 and later, on x86-64 and arm64.',
  optionGroups: [
    {
      title: 'What to list',
      options: [
        { name: 'threads', short: 'T', help: 'Also each thread of a process.' },
        { name: 'user', short: 'u', help: 'Leave out the kernel’s own threads.' },
        formatOption,
      ],
    },
    { title: 'How to find the kernel', options: [vmcoreinfoOption] },
    readingGroup,
  ],
  exitStatus: [
    ['0', 'the processes were listed'],
    ['2', 'a file or an option could not be used, or the guest is not understood'],
  ],
  examples: [
    ['mr ps guest.mr', 'all processes'],
    ['mr ps --user --threads guest.mr', 'programs with their threads'],
    ['mr ps --format json guest.mr', 'with where each task_struct is, for programs'],
  ],
  async run(line, { terminal, signal }) {
    const [path, ...others] = line.paths;
    if (path === undefined || others.length > 0) {
      throw new UsageError(`one file is needed, and ${line.paths.length} were given`);
    }
    const isJson = wantsJson(line);
    const threads = line.flags.has('threads');
    const find = await guestOptions(line);
    return withSnapshotFile(path, { ...readingOptions(line), signal }, async ({ snapshot }) => {
      const guest = await aboutFile(path, openLinuxGuest(snapshot, find));
      const tasks: GuestTask[] = [];
      const collect = async () => {
        for await (const task of listTasks(guest, { threads })) {
          signal.throwIfAborted();
          if (task.memory !== undefined || !line.flags.has('user')) tasks.push(task);
        }
      };
      await aboutFile(path, collect());
      const text = isJson
        ? printableJson({ version: 1, path, release: guest.release, tasks: tasks.map(taskJson) })
        : taskTable(tasks, threads);
      terminal.stdout.write(text);
      return ExitStatus.ok;
    });
  },
};

function taskTable(tasks: readonly GuestTask[], threads: boolean): string {
  const kib = (bytes: bigint | undefined) => (bytes === undefined ? '0' : String(bytes / 1024n));
  const rows = tasks.map(({ pid, threadId, parentPid, state, memory, name }) => [
    String(pid),
    threads ? String(threadId) : '',
    String(parentPid),
    state,
    kib(memory?.virtualBytes),
    kib(memory?.residentBytes),
    // As ps has it: the kernel's own in brackets.
    printable(memory === undefined && state !== 'Z' ? `[${name}]` : name),
  ]);
  const number = (heading: string) => ({ heading, align: 'right' as const });
  const columns = [
    ...[number('PID'), number('TID'), number('PPID'), { heading: 'S' }],
    ...[number('VSZ KiB'), number('RSS KiB'), { heading: 'NAME' }],
  ];
  return textTable(columns, rows)
    .map((text) => `${text}\n`)
    .join('');
}

function taskJson({ pid, threadId, parentPid, name, state, address, memory }: GuestTask) {
  return {
    ...{ pid, threadId, parentPid, name, state },
    taskStruct: `0x${address.toString(16)}`,
    virtualBytes: memory === undefined ? null : Number(memory.virtualBytes),
    residentBytes: memory === undefined ? null : Number(memory.residentBytes),
  };
}
