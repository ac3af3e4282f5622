import { armRegisterTable } from './generated/arm-registers.js';
import { lazily, parseTable } from './parse-table.js';
import { type MeasuredVersion, measuredVersions } from './release.js';

const table = lazily(
  () =>
    new Map(
      parseTable(armRegisterTable, measuredVersions).map(({ name, values }) => [
        BigInt(`0x${name}`),
        [...values.values()].flatMap((text) => text.split(',')),
      ]),
    ),
);

/**
 * The measured releases that do not have a system register of a 64-bit Arm processor which others save.
 *
 * @param register its number in the stream
 */
export function releasesWithoutRegister(register: bigint): readonly MeasuredVersion[] {
  const having = table().get(register);
  return having === undefined ? [] : measuredVersions.filter((version) => !having.includes(version));
}
