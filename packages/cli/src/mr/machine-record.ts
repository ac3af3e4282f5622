import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { MAX_RECORD_BYTES, type MachineRecord, parseMachineRecord, recordPathOf } from '@mapped-ram/fit';
import { MappedRamError } from '@mapped-ram/format';
import type { CommandContext } from '../shared/command.js';
import { printable } from '../shared/printable.js';

/**
 * The record of the machine that `mr save --record` wrote beside a snapshot. One that cannot be used is told of on standard error: nothing
 * depends on it.
 *
 * @param sizeBytes of the snapshot
 * @returns undefined where there is none that counts
 */
export async function readMachineRecord(
  path: string,
  sizeBytes: number,
  { terminal, program }: CommandContext,
): Promise<MachineRecord | undefined> {
  const place = recordPathOf(path);
  try {
    const json = await readBounded(place);
    if (json === undefined) return undefined;
    const record = parseMachineRecord(json);
    if (record.file === undefined || record.file.sizeBytes === sizeBytes) return record;
    throw new MappedRamError('bad-machine-record', {
      what: 'it was written for a file of another length',
      expected: record.file.sizeBytes,
      actual: sizeBytes,
    });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    terminal.stderr.write(`${program}: ${printable(place)} is not used: ${printable(words)}\n`);
    return undefined;
  }
}

/**
 * The same, of what is given to QEMU.
 *
 * @param path as the user named it
 * @param plain the file itself, or what was packed in it
 */
export async function readRecordOf(
  path: string,
  plain: string,
  context: CommandContext,
): Promise<MachineRecord | undefined> {
  const found = await stat(plain).catch(() => undefined);
  return found && readMachineRecord(path, found.size, context);
}

/** @returns undefined where there is no such file */
async function readBounded(path: string): Promise<string | undefined> {
  const file = await openIfThere(path);
  if (file === undefined) return undefined;
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new MappedRamError('bad-machine-record', { what: 'it is not a file' });
    if (status.size > MAX_RECORD_BYTES) {
      throw new MappedRamError('bad-machine-record', { what: `it has more than ${MAX_RECORD_BYTES} bytes` });
    }
    const bytes = Buffer.alloc(status.size);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string) {
  try {
    // A pipe of that name would otherwise wait for a writer.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
