import { armModelTable } from './generated/arm-models.js';
import { lazily, parseTable } from './parse-table.js';
import { measuredVersions } from './release.js';

const table = lazily(
  () =>
    new Map(
      parseTable(armModelTable, measuredVersions).map(({ name, values }) => [
        name,
        [...values.values()][0]?.split(',') ?? [],
      ]),
    ),
);

/**
 * The models of `-cpu` whose processors save such registers; empty where none of QEMU 10.0 and 11.1 does on a `virt` machine without
 * options.
 *
 * @param key what stands for the registers (`armRegisterKey` of the package `facts`)
 */
export function armModelsOf(key: string): readonly string[] {
  return table().get(key) ?? [];
}
