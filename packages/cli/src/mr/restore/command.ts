import { type RestoredSnapshot, restoreSnapshot } from '@mapped-ram/migrate';
import type { Command } from '../../shared/command.js';
import { lastValue } from '../../shared/option-values.js';
import { printable } from '../../shared/printable.js';
import { snapshotOption } from '../../shared/reading-options.js';
import { formatOption, wantsJson } from '../file-options.js';
import { readRecordOf } from '../machine-record.js';
import { checkSealed, sealedGroup } from '../sealed.js';
import { withUnpacked } from '../unpacked.js';
import { findingLines } from '../with-qemu/finding-text.js';
import { answerTimeoutOption, qmpOptions, secondsOf, socketAndFile } from '../with-qemu/qmp-socket.js';
import { runWithQemu } from '../with-qemu/run-with-qemu.js';
import { transferOf, transferOptions } from '../with-qemu/transfer-group.js';

/** `mr restore` */
export const restoreCommand: Command = {
  arguments: '[options] --qmp SOCKET FILE',
  description:
    'Has a QEMU that was started with -incoming defer restore the guest in FILE. QEMU takes one attempt only, so the file, the machine ' +
    'and the settings are looked at before it is asked: nothing that mr-lint says is refused, crashes or gives wrong memory ' +
    'gets to it. The settings of QEMU are put back as they were.',
  optionGroups: [
    {
      title: 'What to restore',
      options: [
        ...qmpOptions,
        answerTimeoutOption,
        {
          name: 'keep-running',
          help: 'Let the guest run when it is restored. By default it stays paused if it was stopped to be saved, or QEMU has -S.',
        },
      ],
    },
    {
      title: 'How to read FILE',
      options: [
        snapshotOption,
        ...transferOptions.filter(({ name }) => name !== 'offset'),
        {
          name: 'offset',
          value: 'N',
          help: 'The stream starts at this byte of FILE: 4096, 0x1000, 4k, 1.5M. A libvirt save image needs no offset.',
        },
      ],
    },
    sealedGroup,
    { title: 'What to print', options: [formatOption] },
  ],
  exitStatus: [
    ['0', 'the guest is restored'],
    ['1', 'it is not: it would go wrong, and QEMU was not asked; or it did go wrong'],
    ['2', 'FILE, the socket or an option could not be used'],
    ['130', 'interrupted; a restore that has begun was waited for'],
  ],
  examples: [
    ['mr restore --qmp qmp.sock guest.mr', 'restore'],
    ['mr restore --qmp qmp.sock --snapshot before-upgrade disk.qcow2', 'an internal snapshot of a disk'],
    ['mr restore --qmp qmp.sock --keep-running --channels 4 guest.mr', 'in parallel, and go on'],
  ],
  run(line, context) {
    const { signal, terminal, program } = context;
    const request = { ...socketAndFile(line), json: wantsJson(line) };
    const snapshot = lastValue(line, snapshotOption.name);
    const options = {
      ...transferOf(line),
      keepRunning: line.flags.has('keep-running'),
      answerTimeoutMs: secondsOf(line, 'answer-timeout'),
      signal,
    };
    return runWithQemu(request, context, async (qmp) => {
      const wait = () => {
        terminal.stderr.write(
          `${program}: ${printable(request.path)}: QEMU goes on to the end of the restore\n`,
        );
      };
      signal.addEventListener('abort', wait, { once: true });
      try {
        const restored = await withUnpacked(
          request.path,
          context,
          async (path) => {
            await checkSealed(line, request.path, path, context);
            const record = await readRecordOf(request.path, path, context);
            return restoreSnapshot(qmp, path, { ...options, record });
          },
          { snapshot },
        );
        return { json: toJson(restored), lines: restoredLines({ ...restored, path: request.path }) };
      } finally {
        signal.removeEventListener('abort', wait);
      }
    });
  },
};

function restoredLines({ path, totalMs, isRunning, findings }: RestoredSnapshot): string[] {
  const guest = isRunning ? 'runs' : 'is paused';
  return [
    `${path}: restored in ${(totalMs / 1000).toFixed(2)} s; the guest ${guest}`,
    ...findings.flatMap(findingLines),
  ];
}

function toJson({ byteOffset, isRunning, totalMs, findings }: RestoredSnapshot) {
  return { byteOffset, isRunning, totalMs, findings };
}
