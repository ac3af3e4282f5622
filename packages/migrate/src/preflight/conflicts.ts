import type { FdsetRole } from '@mapped-ram/fdset';
import type { Transfer } from '../transfer-options.js';
import { fault, type PreflightFinding, type PreflightOutcome } from './finding.js';
import type { QemuFacts } from './qemu-facts.js';

/** A capability that may not be on, and what QEMU does when it is. */
interface Conflict {
  readonly capability: string;
  readonly roles: readonly FdsetRole[];
  readonly outcome: PreflightOutcome;
  /** What comes of it. */
  readonly consequence: string;
  readonly qemuError?: string;
  /** Only in these circumstances; always where it is missing. */
  readonly applies?: (facts: QemuFacts, transfer: Transfer, role: FdsetRole) => boolean;
}

const BOTH: readonly FdsetRole[] = ['save', 'load'];
const SAVE: readonly FdsetRole[] = ['save'];

/** The first release in which the memory that is left out is marked in the file, so that it loads. */
const IGNORE_SHARED_MAJOR = 11;

/** Whether a destination may have postcopy-ram on, and gets pages when they are used: after 11.1, and not with multifd. */
function hasFastLoad(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 11 || (major === 11 && minor > 1);
}

/** Found by asking QEMU 10.0 and 11.1. */
const CONFLICTS: readonly Conflict[] = [
  {
    capability: 'background-snapshot',
    roles: SAVE,
    outcome: 'crashes',
    consequence:
      'of a running guest QEMU writes no bitmap and says that it completed, so that the memory is lost; with a stopped one QEMU dies',
  },
  {
    capability: 'x-colo',
    roles: BOTH,
    outcome: 'hangs',
    consequence: 'QEMU waits for a second machine that never comes',
  },
  {
    capability: 'pause-before-switchover',
    roles: SAVE,
    outcome: 'hangs',
    consequence: 'QEMU waits before the last pages until it is told to go on',
  },
  {
    capability: 'return-path',
    roles: SAVE,
    outcome: 'refused',
    consequence: 'QEMU reports a failure, since a file does not answer',
    qemuError: 'Unable to read from file: Bad file descriptor',
  },
  {
    capability: 'xbzrle',
    roles: BOTH,
    outcome: 'refused',
    consequence: 'QEMU does not take both',
    qemuError: 'Mapped-ram migration is incompatible with xbzrle',
  },
  {
    capability: 'postcopy-ram',
    roles: BOTH,
    outcome: 'refused',
    consequence: 'QEMU does not take both',
    qemuError: 'Mapped-ram migration is incompatible with postcopy',
    applies: ({ version }, { multifd }, role) => role === 'save' || multifd || !hasFastLoad(version),
  },
  {
    capability: 'zero-copy-send',
    roles: SAVE,
    outcome: 'refused',
    consequence: 'QEMU takes it with multifd only',
    qemuError: 'Zero copy only available for non-compressed non-TLS multifd migration',
    applies: (_, { multifd }) => !multifd,
  },
  {
    capability: 'x-ignore-shared',
    roles: SAVE,
    outcome: 'refused',
    consequence: `QEMU before ${IGNORE_SHARED_MAJOR}.0 fails to save, or writes a file that does not load`,
    applies: ({ version }) => Number.parseInt(version, 10) < IGNORE_SHARED_MAJOR,
  },
];

/** Settings of QEMU that do not go with mapped-ram. They are not changed: somebody wanted them. */
export function* findConflicts(
  role: FdsetRole,
  facts: QemuFacts,
  transfer: Transfer,
): Generator<PreflightFinding, void, undefined> {
  const { capabilities, parameters } = facts.settings;
  for (const { capability, roles, outcome, consequence, qemuError, applies } of CONFLICTS) {
    const counts = roles.includes(role) && (applies?.(facts, transfer, role) ?? true);
    if (capabilities[capability] !== true || !counts) continue;
    const message = `the capability ${capability} is on: ${consequence}`;
    yield fault('capability-conflict', outcome, message, { help: 'switch it off', qemuError });
  }
  const compression = parameters['multifd-compression'];
  if (compression !== undefined && compression !== 'none') {
    yield parameterConflict(
      'multifd-compression',
      compression,
      'none',
      'Cannot use compression with mapped-ram',
    );
  }
  const tls = parameters['tls-creds'];
  if (typeof tls === 'string' && tls !== '')
    yield parameterConflict('tls-creds', tls, '""', 'Cannot use TLS with mapped-ram');
  const { mode } = parameters;
  if (role === 'save' && (mode === 'cpr-transfer' || mode === 'cpr-exec')) {
    yield parameterConflict('mode', mode, 'normal', 'Migration requires streamable transport (eg unix)');
  }
}

function parameterConflict(name: string, value: unknown, good: string, qemuError: string): PreflightFinding {
  const message = `the parameter ${name} is ${JSON.stringify(value)}, which QEMU does not take with mapped-ram`;
  return fault('parameter-conflict', 'refused', message, { help: `set it to ${good}`, qemuError });
}
