import { isKnownCapability, validatedCapabilities } from '../../facts/known-capabilities.js';
import { cString, quoteName } from '../../facts/names.js';
import type { Rule } from '../../rule.js';

export const capabilityUnusualRule: Rule = {
  id: 'capability-unusual',
  title: 'The capability list is not as QEMU writes it',
  severity: 'note',
  needs: 'headers',
  clauses: ['CONFIG-5'],
  description: `QEMU lists \`mapped-ram\` and \`x-ignore-shared\` only, each once. Other capabilities that it knows, and
repetitions, it reads and forgets; a file that has them was not written by QEMU, or was changed.`,
  qemu: [{ outcome: 'restores', says: 'It reads the name and does not use it.' }],
  remedy: 'Nothing has to be done.',
  *check({ snapshot, target }) {
    const seen = new Set<string>();
    for (const [index, { value, ...span }] of snapshot.configuration?.capabilities?.entries() ?? []) {
      const name = cString(value);
      const isRepeated = seen.has(name);
      seen.add(name);
      if (!isKnownCapability(name, target.qemu) || (!isRepeated && validatedCapabilities.has(value)))
        continue;
      yield {
        message: `QEMU does not list ${quoteName(value)}${isRepeated ? ' twice' : ''}.`,
        span,
        where: `configuration.capabilities[${index}]`,
        actual: quoteName(value),
      };
    }
  },
};
