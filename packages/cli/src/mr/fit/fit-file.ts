import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type Destination,
  describeDestination,
  type FitReport,
  fitSnapshot,
  parseDestination,
  type TriedRestore,
  tryRestore,
} from '@mapped-ram/fit';
import { IGNORE_SHARED_CAPABILITY, MappedRamError } from '@mapped-ram/format';
import type { QmpClient } from '@mapped-ram/qmp';
import type { CommandContext } from '../../shared/command.js';
import type { CommandLine } from '../../shared/command-line.js';
import { ExitStatus } from '../../shared/exit-status.js';
import { lastValue } from '../../shared/option-values.js';
import { printableJson } from '../../shared/printable.js';
import { aboutFile, FileError } from '../file-error.js';
import { inputOptions, openerOption, wantsJson } from '../file-options.js';
import { readMachineRecord } from '../machine-record.js';
import { fitText } from './fit-text.js';

/** Where a destination is asked, or what is stored of it. */
export type AskedDestination = { readonly qmp: Promise<QmpClient> } | { readonly stored: string };

/**
 * Holds a file against a destination, which is asked while the file is read, and prints what comes of it.
 *
 * @param tries Whether QEMU restores the file too, and is thrown away.
 */
export async function fitFile(
  path: string,
  asked: AskedDestination,
  tries: boolean,
  line: CommandLine,
  context: CommandContext,
): Promise<ExitStatus> {
  const described =
    'stored' in asked ? readDestination(asked.stored) : asked.qmp.then((qmp) => describeDestination(qmp));
  // A failure is met when the file has been read; until then it must not count as unhandled.
  described.catch(() => {});
  try {
    const report = await fit(path, described, line, context).catch(async (error: unknown) => {
      // What is wrong with the destination is no fault of the file.
      await described;
      throw error;
    });
    const destination = await described;
    const describe = lastValue(line, 'describe');
    if (describe !== undefined) {
      const { writeOutputFile } = await import('../output-file.js');
      await writeOutputFile(describe, `${JSON.stringify(destination, null, 1)}\n`, line.flags.has('force'));
    }
    const tried = tries && 'qmp' in asked ? await proof(await asked.qmp, path, report) : undefined;
    context.terminal.stdout.write(
      wantsJson(line)
        ? printableJson(toJson(path, destination, report, tried))
        : fitText(path, destination, report, tried),
    );
    // QEMU restores wrong memory too.
    const proven = report.verdict === 'wrong-memory' ? undefined : tried?.outcome;
    const restores = (proven ?? report.verdict) === 'restores';
    return restores ? ExitStatus.ok : ExitStatus.errorsFound;
  } finally {
    // What it was asked last is answered.
    await described.catch(() => {});
  }
}

async function readDestination(path: string): Promise<Destination> {
  try {
    return parseDestination(await readFile(path, 'utf8'));
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new FileError(path, new MappedRamError('read-failed', { what, cause }));
  }
}

async function fit(
  path: string,
  destination: Promise<Destination>,
  line: CommandLine,
  context: CommandContext,
): Promise<FitReport> {
  const { signal } = context;
  const { streamOffset } = inputOptions(line);
  const { source } = await aboutFile(path, openerOption(line).openSource(path));
  try {
    const record = await readMachineRecord(path, source.sizeBytes, context);
    return await aboutFile(path, fitSnapshot(source, destination, { streamOffset, record, signal }));
  } finally {
    await source.close();
  }
}

/** Has QEMU restore the file, with what the file wants of its capabilities. */
function proof(qmp: QmpClient, path: string, { report }: FitReport): Promise<TriedRestore> {
  const { streamOffset = 0, capabilities = [] } = report.snapshot ?? {};
  const others = capabilities.filter((name) => name === IGNORE_SHARED_CAPABILITY);
  const offset = streamOffset === 0 ? '' : `,offset=${streamOffset}`;
  return tryRestore(qmp, `file:${resolve(path)}${offset}`, others);
}

function toJson(
  path: string,
  { states, ...destination }: Destination,
  report: FitReport,
  tried?: TriedRestore,
): unknown {
  const { verdict, findings } = report;
  return {
    ...{ version: 1, command: 'mr fit', file: path, verdict, findings },
    destination: { ...destination, states: states.map(({ body, ...state }) => state) },
    ...(tried !== undefined && { tried }),
  };
}
