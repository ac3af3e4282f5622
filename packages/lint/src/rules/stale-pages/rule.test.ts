import { blockOf, clearBits, type Damage, setRunState } from '../testing/damage.js';
import { ruleCases } from '../testing/rule-cases.js';
import { stalePagesRule } from './rule.js';

function setRunStateTo(state: string): Damage {
  return (image, good) => setRunState(image, good, state);
}

ruleCases(stalePagesRule, {
  fires: [
    {
      name: 'what a live save leaves',
      capture: 'qemu-10.0/live',
      deep: true,
      finds: [{ outcome: 'restores', severity: 'note' }],
    },
    ...(
      [
        ['paused', 'warning'],
        ['running', 'note'],
      ] as const
    ).map(([state, severity]) => ({
      name: `a guest that was ${state} at the end makes a ${severity}`,
      capture: 'qemu-10.0/live',
      deep: true,
      edit: setRunStateTo(state),
      finds: [{ outcome: 'restores', severity } as const],
    })),
  ],
  silent: [
    {
      name: 'a save of a guest that did not run, which is for page-bits-lost',
      deep: true,
      edit: (image, good) => clearBits(image, blockOf(good), 1),
    },
    { name: 'a good file', deep: true },
  ],
});
