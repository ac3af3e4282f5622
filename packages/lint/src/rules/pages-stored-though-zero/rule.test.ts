import { ruleCases } from '../testing/rule-cases.js';
import { pagesStoredThoughZeroRule } from './rule.js';

ruleCases(pagesStoredThoughZeroRule, {
  fires: [
    {
      name: 'what zero-page-detection=none leaves',
      capture: 'qemu-10.0/zero-pages-stored',
      deep: true,
      finds: [{ outcome: 'restores', severity: 'note' }, { severity: 'note' }],
    },
  ],
  silent: [
    { name: 'without --deep', capture: 'qemu-10.0/zero-pages-stored' },
    { name: 'a good file', deep: true },
  ],
});
