import type { QmpClient } from './qmp-client.js';

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

/**
 * The RAM blocks of a running QEMU, in the order in which it keeps them. No QMP command tells them; they are read from what
 * the human monitor prints.
 *
 * @throws QmpError, QmpTimeoutError, QmpClosedError
 */
export async function queryRamBlocks(qmp: Pick<QmpClient, 'execute'>): Promise<QemuRamBlock[]> {
  const text = await qmp.execute<string>('human-monitor-command', { 'command-line': 'info ramblock' });
  return text.split('\n').flatMap((line) => {
    const [, idstr, used, total, host] = BLOCK_LINE.exec(line) ?? [];
    if (idstr === undefined) return [];
    return [{ idstr, usedLength: Number(used), maxLength: Number(total), hostAddress: Number(host) }];
  });
}
