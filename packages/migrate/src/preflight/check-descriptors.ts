import {
  checkFdset,
  type DescriptorReference,
  type FdsetFinding,
  type FdsetRole,
  inspectDescriptors,
} from '@mapped-ram/fdset';
import type { Transfer } from '../transfer-options.js';
import type { PreflightFinding } from './finding.js';

/**
 * What QEMU would do with these descriptors.
 *
 * @throws MappedRamError `not-inspectable`
 */
export function checkDescriptors(
  role: FdsetRole,
  transfer: Transfer,
  references: readonly DescriptorReference[],
): PreflightFinding[] {
  return checkFdset(role, transfer, inspectDescriptors(references)).findings.map(toPreflightFinding);
}

function toPreflightFinding({ code, outcome, message, help, qemuError }: FdsetFinding): PreflightFinding {
  return { code, severity: outcome === 'works' ? 'note' : 'error', outcome, message, help, qemuError };
}
