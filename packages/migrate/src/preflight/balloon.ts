import { amount, list, shape, text, truth } from '@mapped-ram/qmp';
import type { QmpExecutor } from '../migration-settings.js';
import { fault, type PreflightFinding } from './finding.js';

/** A balloon that is asked in a live save which pages are free. */
export interface HintingBalloon {
  /** Whether a driver in the guest has talked to it, since this QEMU has the guest. */
  readonly hasDriver: boolean;
}

const properties = list(shape({ name: text, type: text }));
/** A driver sends its figures once when it starts, whether it is asked for them or not (QEMU docs/interop/virtio-balloon-stats.rst). */
const guestStats = shape({ 'last-update': amount });

const DEVICE_FOLDERS = ['/machine/peripheral', '/machine/peripheral-anon'];

/**
 * Finds the balloon with `free-page-hint=on`, which QEMU does not take without an I/O thread. What the driver has negotiated is not asked for: with
 * `x-query-virtio-status` of a device without a driver QEMU 11.1 ends by an assertion.
 *
 * @throws as `execute`
 */
export async function findHintingBalloon(qmp: QmpExecutor): Promise<HintingBalloon | undefined> {
  for (const folder of DEVICE_FOLDERS) {
    const devices = await qmp.execute('qom-list', { path: folder }, { result: properties });
    for (const { name } of devices.filter(({ type }) => type.startsWith('child<virtio-balloon'))) {
      const path = `${folder}/${name}`;
      const hint = { path, property: 'free-page-hint' };
      if (!(await qmp.execute('qom-get', hint, { result: truth }))) continue;
      const stats = { path, property: 'guest-stats' };
      const { 'last-update': lastUpdate } = await qmp.execute('qom-get', stats, { result: guestStats });
      return { hasDriver: lastUpdate > 0 };
    }
  }
  return undefined;
}

const INSTEAD =
  'a balloon with free-page-reporting=on gives free memory back all the time, paused or live; ' +
  'mr save --trim needs no balloon';

/** Whether a save gets hints. */
export function* checkBalloon(
  balloon: HintingBalloon | undefined,
  isRunning: boolean,
): Generator<PreflightFinding, void, undefined> {
  if (balloon === undefined) {
    const start = '-object iothread,id=t -device virtio-balloon-pci,free-page-hint=on,iothread=t';
    yield fault('no-free-page-hint', 'works', 'the guest has no balloon that tells which pages are free', {
      help: `start QEMU with ${start}; ${INSTEAD}`,
    });
  } else if (!isRunning) {
    yield withoutEffect('the guest is paused: its balloon does not answer');
  } else if (!balloon.hasDriver) {
    yield withoutEffect('no driver in the guest has talked to the balloon since this QEMU runs it');
  }
}

function withoutEffect(reason: string): PreflightFinding {
  return {
    code: 'free-page-hint-unheard',
    severity: 'warning',
    outcome: 'works',
    message: `${reason}, and every page is saved`,
    help: INSTEAD,
  };
}
