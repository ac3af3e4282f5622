import type { FdsetRole } from '@mapped-ram/fdset';
import { isOver } from '../migration-info.js';
import type { Transfer } from '../transfer-options.js';
import { checkBalloon } from './balloon.js';
import { findConflicts } from './conflicts.js';
import { fault, type PreflightFinding } from './finding.js';
import type { QemuFacts } from './qemu-facts.js';

/** What a QEMU is to do. */
export interface QemuTask {
  readonly role: FdsetRole;
  readonly transfer: Transfer;
  readonly freePageHint: boolean;
}

/** Whether this QEMU can do it, in the state that it is in. */
export function* checkQemu(
  { role, transfer, freePageHint }: QemuTask,
  facts: QemuFacts,
): Generator<PreflightFinding, void, undefined> {
  const { capabilities, parameters } = facts.settings;
  if (!('mapped-ram' in capabilities)) {
    yield fault('qemu-too-old', 'refused', `QEMU ${facts.version} has no mapped-ram; 9.0 was the first`);
    return;
  }
  if (transfer.directIo && !('direct-io' in parameters)) {
    yield fault('qemu-too-old', 'refused', `QEMU ${facts.version} has no direct-io; 9.1 was the first`);
  }
  yield* role === 'save' ? checkGuestToSave(facts) : checkGuestToLoad(facts);
  const { migration } = facts;
  if (migration.status !== undefined && migration.status !== 'none' && !isOver(migration)) {
    yield fault('migration-running', 'refused', `a migration is under way in QEMU: ${migration.status}`, {
      qemuError: "There's a migration process in progress",
    });
  }
  for (const reason of role === 'save' ? (migration['blocked-reasons'] ?? []) : []) {
    yield fault('migration-blocked', 'refused', `QEMU says why it cannot be saved: ${reason}`);
  }
  yield* findConflicts(role, facts, transfer);
  if (freePageHint) yield* checkBalloon(facts.balloon, facts.guest.running);
  if (parameters['direct-io'] === true && !transfer.directIo) yield directIoLeftOn();
}

function* checkGuestToSave({ guest }: QemuFacts): Generator<PreflightFinding, void, undefined> {
  if (guest.status === 'inmigrate') {
    yield fault(
      'wrong-run-state',
      'refused',
      'there is no guest in QEMU yet: it waits for one to be restored',
    );
  }
  if (guest.status === 'postmigrate') {
    yield fault('wrong-run-state', 'refused', 'the guest has been paused since it was saved', {
      help: 'let it go on (cont) first',
      qemuError: "Can't migrate the vm that was paused due to previous migration",
    });
  }
}

function* checkGuestToLoad({ guest, migration }: QemuFacts): Generator<PreflightFinding, void, undefined> {
  if (guest.status !== 'inmigrate') {
    yield fault('wrong-run-state', 'refused', `QEMU has a guest already (${guest.status})`, {
      help: 'start QEMU with -incoming defer',
      qemuError: "'-incoming' was not specified on the command line",
    });
  } else if (migration.status === 'failed') {
    yield fault('wrong-run-state', 'refused', 'QEMU has failed to restore once, and does not try again', {
      help: 'start QEMU anew',
      qemuError: 'The incoming migration has already been started',
    });
  }
}

/** By hand, a save with multifd would need a descriptor with O_DIRECT, or QEMU dies. */
function directIoLeftOn(): PreflightFinding {
  return {
    code: 'direct-io-left-on',
    severity: 'note',
    outcome: 'works',
    message: 'direct-io is on in QEMU from earlier; it is switched off for the time being, and on again',
    help: 'switch it off, unless whoever uses multifd with this QEMU gives it a descriptor with O_DIRECT',
  };
}
