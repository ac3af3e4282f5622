import type { MigrationSettings } from './migration-settings.js';
import type { Transfer } from './transfer-options.js';

/**
 * What QEMU is set to for a save or a restore. direct-io is always set, since it stays on in a QEMU; but for one that does not know it,
 * which has it off.
 */
export function transferSettings(
  { multifd, channels, directIo }: Transfer,
  known: MigrationSettings,
): MigrationSettings {
  return {
    capabilities: { 'mapped-ram': true, multifd },
    parameters: {
      ...('direct-io' in known.parameters && { 'direct-io': directIo }),
      ...(multifd && { 'multifd-channels': channels }),
    },
  };
}
