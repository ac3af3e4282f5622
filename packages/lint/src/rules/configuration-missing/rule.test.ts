import { ruleCases } from '../testing/rule-cases.js';
import { configurationMissingRule } from './rule.js';

ruleCases(configurationMissingRule, {
  fires: [
    {
      name: 'a stream without one',
      capture: 'qemu-10.0/no-configuration',
      finds: [{ outcome: 'restores', severity: 'note', where: 'configuration' }],
    },
  ],
  silent: [{ name: 'a good file' }],
});
