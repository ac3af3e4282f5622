import { stat } from 'node:fs/promises';
import { type MachineRecord, recordMachine, recordPathOf } from '@mapped-ram/fit';
import { MappedRamError } from '@mapped-ram/format';
import { digestSource, digestText } from '@mapped-ram/pack/file';
import type { QmpClient } from '@mapped-ram/qmp';
import { openFileSource } from '@mapped-ram/reader/file';
import { writeOutputFile } from '../output-file.js';

/**
 * Asks QEMU for the record of its machine, before it is asked to save.
 *
 * @throws MappedRamError `target-exists` where there is a record that may not be replaced; as `recordMachine`
 */
export async function prepareRecord(
  qmp: QmpClient,
  path: string,
  overwrite: boolean,
): Promise<MachineRecord> {
  const place = recordPathOf(path);
  const isThere = await stat(place).then(
    () => true,
    () => false,
  );
  if (isThere && !overwrite) throw new MappedRamError('target-exists', { what: `${place} exists already` });
  return recordMachine(qmp);
}

/**
 * Writes the record beside the snapshot, with the snapshot's length and digest.
 *
 * @returns its path
 * @throws MappedRamError `write-failed`, which says that the guest is saved; the signal's reason
 */
export async function writeRecord(
  record: MachineRecord,
  path: string,
  { overwrite, signal }: { readonly overwrite: boolean; readonly signal: AbortSignal },
): Promise<string> {
  try {
    return await write(record, path, { overwrite, signal });
  } catch (cause) {
    signal.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MappedRamError('write-failed', {
      what: `the guest is saved, in ${path}; writing the record of its machine failed: ${reason}`,
      cause,
    });
  }
}

async function write(
  record: MachineRecord,
  path: string,
  { overwrite, signal }: { readonly overwrite: boolean; readonly signal: AbortSignal },
): Promise<string> {
  const source = await openFileSource(path);
  try {
    const digest = digestText(await digestSource(source, { signal }));
    const whole: MachineRecord = { ...record, file: { sizeBytes: source.sizeBytes, digest } };
    const place = recordPathOf(path);
    await writeOutputFile(place, `${JSON.stringify(whole, null, 1)}\n`, overwrite);
    return place;
  } finally {
    await source.close();
  }
}
