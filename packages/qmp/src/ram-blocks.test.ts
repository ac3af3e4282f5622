import { expect, it } from 'vitest';
import type { QmpClient, QmpExecuteOptions } from './qmp-client.js';
import { queryRamBlocks } from './ram-blocks.js';

/** As QEMU 10.0 prints it, of a machine with a table that may grow. */
const PRINTED = `
              Block Name    PSize              Offset               Used              Total                HVA  RO
                  pc.ram    4 KiB  0x0000000000000000 0x0000000001000000 0x0000000001000000 0x00007f2d77e00000  rw
    /rom@etc/acpi/tables    4 KiB  0x0000000001080000 0x0000000000020000 0x0000000000200000 0x00007f2d77a00000  ro
 a name with two spaces     2 MiB  0x0000000001060000 0x0000000000010000 0x0000000000010000 0x00007f2d98a10000  ro
`;

/** A QEMU whose monitor prints this. */
function printing(printed: unknown): Pick<QmpClient, 'execute'> {
  return {
    execute: async <Result>(command: string, _args?: object, options: QmpExecuteOptions<Result> = {}) =>
      options.result?.(printed, command) as Result,
  };
}

it('reads what the monitor prints', async () => {
  expect(await queryRamBlocks(printing(PRINTED))).toEqual([
    { idstr: 'pc.ram', usedLength: 0x1000000, maxLength: 0x1000000, hostAddress: 0x7f2d77e00000 },
    { idstr: '/rom@etc/acpi/tables', usedLength: 0x20000, maxLength: 0x200000, hostAddress: 0x7f2d77a00000 },
    { idstr: 'a name with two spaces', usedLength: 65536, maxLength: 65536, hostAddress: 0x7f2d98a10000 },
  ]);
});

it.each([
  ['what is no table', 'unknown command'],
  ['what is no text', [1]],
  ['a length beyond every number', PRINTED.replace('0x0000000001000000', `0x1${'0'.repeat(400)}`)],
])('refuses %s', async (_, printed) => {
  await expect(queryRamBlocks(printing(printed))).rejects.toMatchObject({ code: 'bad-qmp-result' });
});

it('leaves a line out that is longer than any of QEMU, without trying it', async () => {
  const long = `${PRINTED}x${' 1'.repeat(1_000_000)}\n`;
  expect(await queryRamBlocks(printing(long))).toHaveLength(3);
});
