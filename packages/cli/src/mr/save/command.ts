import { type SavedSnapshot, type SaveOptions, type SaveProgress, saveSnapshot } from '@mapped-ram/migrate';
import type { QmpClient } from '@mapped-ram/qmp';
import type { Command } from '../../shared/command.js';
import { lastValue, toOffset } from '../../shared/option-values.js';
import { formatBytes, formatCount } from '../../shared/quantities.js';
import { UsageError } from '../../shared/usage-error.js';
import { forceOption, formatOption, wantsJson } from '../file-options.js';
import type { TransformResult } from '../run-transform.js';
import { findingLines } from '../with-qemu/finding-text.js';
import { answerTimeoutOption, qmpOptions, secondsOf, socketAndFile } from '../with-qemu/qmp-socket.js';
import { runWithQemu } from '../with-qemu/run-with-qemu.js';
import { transferOf, transferOptions } from '../with-qemu/transfer-group.js';
import { type PackedSave, savePacked } from './save-packed.js';
import { prepareRecord, writeRecord } from './save-record.js';
import { type SavedTrim, savedTrimJson, savedTrimLines, trimSaved } from './trim-saved.js';

/** Without multifd QEMU cancels, and the line is gone at once. */
const ENDING = 'QEMU finishes, and nothing is kept';

/** `mr save` */
export const saveCommand: Command = {
  arguments: '[options] --qmp SOCKET FILE',
  description:
    'Has a running QEMU save its guest to FILE. What would make that fail, or end QEMU, is found before it is asked. FILE appears when it ' +
    'is whole, mr-lint finds nothing wrong with it, and it is on disk. If anything goes wrong, and at Ctrl-C, the guest is as ' +
    'it was, and so are the settings of QEMU in any case. With --channels or --direct-io QEMU finishes first at Ctrl-C, since it may die if it cancels.',
  optionGroups: [
    {
      title: 'What to save',
      options: [
        ...qmpOptions,
        answerTimeoutOption,
        {
          name: 'live',
          help: 'Let the guest run while it is saved. Otherwise it is stopped first, which is quicker and smaller.',
        },
        {
          name: 'keep-running',
          help: 'Let the guest run on when it is saved. Otherwise it stays paused then.',
        },
        {
          name: 'free-page-hint',
          help: 'Live, and leave out what the guest says is free, through a balloon with free-page-hint=on; tells how much that was, and is refused where there is none.',
        },
      ],
    },
    {
      title: 'How to write',
      options: [
        ...transferOptions,
        {
          name: 'bandwidth',
          value: 'SIZE',
          help: 'At most this much a second, such as 200M. By default there is no limit.',
        },
        {
          ...forceOption,
          help: 'Replace FILE if it exists. What is in front of --offset is kept, and is no reason for --force.',
        },
        {
          name: 'trim',
          help: 'When it is saved, drop from FILE what a Linux guest does not use, as mr trim does; where that cannot be done, FILE stays as it is.',
        },
        {
          name: 'pack',
          help: 'Into a packed file, as mr pack makes it of what QEMU saves, which for a while lies beside it.',
        },
        {
          name: 'record',
          help: 'Also write FILE.machine.json: what QEMU tells of its machine and the file does not hold (version, model of the processors, devices and their options, disks), with the digest of FILE. mr fit, mr command and mr info use it.',
        },
        formatOption,
      ],
    },
  ],
  exitStatus: [
    ['0', 'the guest is saved'],
    ['1', 'it is not: QEMU would go wrong, or did; the guest is as it was'],
    ['2', 'FILE, the socket or an option could not be used'],
    ['130', 'interrupted; the guest is as it was'],
  ],
  examples: [
    ['mr save --qmp qmp.sock guest.mr', 'stop the guest and save it'],
    ['mr save --qmp qmp.sock --live --keep-running guest.mr', 'a checkpoint of a guest that goes on'],
    ['mr save --qmp qmp.sock --trim guest.mr', 'without the pages that a Linux guest does not use'],
    ['mr save --qmp qmp.sock --record guest.mr', 'and keep what else QEMU knows of its machine'],
    ['mr save --qmp qmp.sock --channels 4 --direct-io guest.mr', 'in parallel, past the page cache'],
  ],
  run(line, context) {
    const request = { ...socketAndFile(line), json: wantsJson(line) };
    const bandwidth = lastValue(line, 'bandwidth');
    const options = {
      ...transferOf(line),
      live: line.flags.has('live'),
      keepRunning: line.flags.has('keep-running'),
      freePageHint: line.flags.has('free-page-hint'),
      bandwidth: bandwidth === undefined ? undefined : toOffset(bandwidth, 'bandwidth'),
      overwrite: line.flags.has('force'),
      answerTimeoutMs: secondsOf(line, 'answer-timeout'),
      signal: context.signal,
    };
    const isPacked = line.flags.has('pack');
    const trims = line.flags.has('trim');
    if (isPacked && options.byteOffset !== undefined) {
      throw new UsageError('--pack makes a file of its own; there is nothing for --offset to be in front of');
    }
    return runWithQemu(request, context, async (qmp, onProgress) => {
      const saving = {
        ...options,
        onProgress: ({ round, ...progress }: SaveProgress) =>
          onProgress({ ...progress, remark: context.signal.aborted ? ENDING : `round ${round}` }),
      };
      const record = line.flags.has('record')
        ? await prepareRecord(qmp, request.path, options.overwrite)
        : undefined;
      const result = isPacked
        ? packedResult(await savePacked(qmp, request.path, { ...saving, trims }))
        : await savedPlain(qmp, request.path, saving, trims);
      if (record === undefined) return result;
      const written = await writeRecord(record, request.path, options);
      return {
        json: { ...result.json, record: written },
        lines: [...result.lines, `${written}: what QEMU tells of its machine`],
      };
    });
  },
};

async function savedPlain(
  qmp: QmpClient,
  path: string,
  saving: SaveOptions,
  trims: boolean,
): Promise<TransformResult> {
  const saved = await saveSnapshot(qmp, path, saving);
  const { byteOffset: streamOffset, signal } = saving;
  return savedResult(saved, trims ? await trimSaved(path, { streamOffset, signal }) : undefined);
}

function savedResult(saved: SavedSnapshot, trim: SavedTrim | undefined): TransformResult {
  const [first = '', ...more] = savedLines(saved);
  return {
    json: { ...toJson(saved), ...(trim && { trim: savedTrimJson(trim) }) },
    lines: [first, ...(trim === undefined ? [] : savedTrimLines(saved.path, trim)), ...more],
  };
}

function packedResult({ saved, packed, trim, packMs, peakDiskBytes }: PackedSave): TransformResult {
  const { packedBytes } = packed;
  const { json, lines } = savedResult(saved, trim);
  return {
    json: { ...json, packedBytes, packMs, peakDiskBytes },
    lines: [
      ...lines,
      `${saved.path}: packed into ${formatBytes(packedBytes)} in ${(packMs / 1000).toFixed(2)} s; ` +
        `${formatBytes(peakDiskBytes)} of disk were used for a while`,
    ],
  };
}

function setPagesOf({ report }: SavedSnapshot): number {
  return report.snapshot?.blocks.reduce((sum, { setPages }) => sum + (setPages ?? 0), 0) ?? 0;
}

function savedLines(saved: SavedSnapshot): string[] {
  const { path, sizeBytes, rounds, totalMs, wasRunning, isRunning, findings } = saved;
  const pages = formatCount(setPagesOf(saved), 'page');
  const guest = isRunning ? 'runs on' : wasRunning ? 'is paused now' : 'is paused, as before';
  return [
    `${path}: ${pages} saved in ${(totalMs / 1000).toFixed(2)} s and ${formatCount(rounds, 'round')}, ` +
      `${formatBytes(sizeBytes)} long; the guest ${guest}`,
    ...hintLines(saved),
    ...findings.flatMap(findingLines),
  ];
}

function hintLines({ path, hintedBytes }: SavedSnapshot): string[] {
  if (hintedBytes === undefined) return [];
  const told =
    hintedBytes === 0
      ? 'of no free memory in time'
      : `of ${formatBytes(hintedBytes)} of free memory at least`;
  return [`${path}: the guest told ${told}`];
}

function toJson(saved: SavedSnapshot): Readonly<Record<string, unknown>> {
  const { sizeBytes, findings, wasRunning, isRunning, rounds, totalMs, downtimeMs, report } = saved;
  const { verdict } = report;
  const setPages = setPagesOf(saved);
  const hints = saved.hintedBytes === undefined ? {} : { hintedBytes: saved.hintedBytes };
  return {
    sizeBytes,
    setPages,
    verdict,
    wasRunning,
    isRunning,
    rounds,
    totalMs,
    downtimeMs,
    ...hints,
    findings,
  };
}
