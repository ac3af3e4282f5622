import { isKnownCapability } from '../../facts/known-capabilities.js';
import { cString, quoteName } from '../../facts/names.js';
import type { Rule } from '../../rule.js';

export const capabilityUnknownRule: Rule = {
  id: 'capability-unknown',
  title: 'The stream lists a capability that QEMU does not have',
  severity: 'error',
  needs: 'headers',
  clauses: ['CONFIG-5', 'CONFIG-9'],
  description: `The capability list names the capabilities that source and destination must agree on. QEMU looks every
name up, also of those that it does not compare, and refuses a stream with one that its version does not know.`,
  qemu: [{ outcome: 'refused', says: '`Received unknown capability ...`' }],
  remedy: 'Restore with the version that wrote the file, or take the file from its source again.',
  *check({ snapshot, target }) {
    for (const [index, { value, ...span }] of snapshot.configuration?.capabilities?.entries() ?? []) {
      if (isKnownCapability(cString(value), target.qemu)) continue;
      yield {
        message: `QEMU ${target.qemu} has no capability ${quoteName(value)}.`,
        span,
        where: `configuration.capabilities[${index}]`,
        actual: quoteName(value),
      };
    }
  },
};
