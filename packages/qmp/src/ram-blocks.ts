import type { QmpClient } from './qmp-client.js';
import { count, mismatch, type ResultShape, text } from './result-shape.js';

/** A RAM block as a running QEMU has it. Lengths are in bytes. */
export interface QemuRamBlock {
  readonly idstr: string;
  readonly usedLength: number;
  /** Where it is more than the used length, a restore may change that. */
  readonly maxLength: number;
  /** Where it lies in QEMU's own address space; user addresses stay below 2^47. */
  readonly hostAddress: number;
}

/** A line of `info ramblock`: name, page size, offset, used, total, host address (QEMU 10.0 to 11.1, system/physmem.c, `ram_block_format`). */
const BLOCK_LINE =
  /^\s*(\S.*?)\s+\d+ [KMG]iB\s+0x[0-9a-f]+\s+(0x[0-9a-f]+)\s+(0x[0-9a-f]+)\s+(0x[0-9a-f]+)\s+r[ow]\s*$/;
/** A name has up to 255 bytes, and the columns beside it are narrow. */
const MAX_LINE_LENGTH = 1024;

/**
 * The RAM blocks of a running QEMU, in the order in which it keeps them. No QMP command tells them; they are read from what
 * the human monitor prints.
 *
 * @throws as `execute`
 */
export async function queryRamBlocks(qmp: Pick<QmpClient, 'execute'>): Promise<readonly QemuRamBlock[]> {
  const args = { 'command-line': 'info ramblock' };
  return qmp.execute('human-monitor-command', args, { result: blockTable });
}

const blockTable: ResultShape<readonly QemuRamBlock[]> = (value, path) => {
  const printed = text(value, path);
  if (!/^\s*Block Name\s/.test(printed)) throw mismatch(path, 'the table of info ramblock', value);
  return printed.split('\n').flatMap((line) => {
    const [, idstr, used, total, host] = line.length > MAX_LINE_LENGTH ? [] : (BLOCK_LINE.exec(line) ?? []);
    if (idstr === undefined) return [];
    const bytes = (digits: string | undefined) => count(Number(digits), `${path}, ${idstr}`);
    return [{ idstr, usedLength: bytes(used), maxLength: bytes(total), hostAddress: bytes(host) }];
  });
};
