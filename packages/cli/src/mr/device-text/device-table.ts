import type { DeviceInfo } from '@mapped-ram/inspect';
import { printable } from '../../shared/printable.js';
import { formatNumber } from '../../shared/quantities.js';
import { textTable } from '../text-table.js';

/** Lines of a table of devices, with a heading. */
export function deviceTable(devices: readonly DeviceInfo[]): string[] {
  return textTable(
    [
      { heading: 'device' },
      ...['instance', 'version', 'bytes'].map((heading) => ({ heading, align: 'right' as const })),
      { heading: '' },
    ],
    devices.map(({ name, instanceId, versionId, lengthBytes, described }) => [
      printable(name),
      String(instanceId),
      String(versionId),
      formatNumber(lengthBytes),
      described ? '' : 'not described',
    ]),
  );
}
