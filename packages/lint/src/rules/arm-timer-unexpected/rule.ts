import { hasChange } from '@mapped-ram/releases';
import type { Rule } from '../../rule.js';

export const armTimerUnexpectedRule: Rule = {
  id: 'arm-timer-unexpected',
  title: 'The processor has a timer in its state that the QEMU that restores has no room for',
  severity: 'note',
  needs: 'headers',
  clauses: ['SECTION-6'],
  description: `An Arm processor with FEAT_WFxT, such as \`max\`, has a timer for waiting, which is a subsection of its state. QEMU
11.1 writes it for every model. QEMU 10.0 has no such timer for the others, and aborts when it loads one. Which release
between began to write it is not known.`,
  qemu: [
    { from: '11.1', outcome: 'restores', says: 'Has the timer for every model.' },
    {
      to: '10.0',
      outcome: 'crashes',
      says: 'Aborts: `vmstate_load_state: Assertion ... failed`.',
    },
    {
      outcome: 'restores',
      says: 'It is not known whether this release has the timer: 10.0 does not, 11.1 does.',
    },
  ],
  remedy: 'Restore with the release that saved the file.',
  *check({ devices, snapshot, target }) {
    if (hasChange('armTimerAlways', target.qemu) === 'yes' || !devices.hasNewArmTimer) return;
    const index = snapshot.sections.findIndex((section) => 'idstr' in section && section.idstr === 'cpu');
    const section = snapshot.sections[index];
    if (section?.kind !== 'full') return;
    yield {
      message:
        'The subsection cpu/wfxt-timer is there, in the state of a processor that 10.0 gives no such timer.',
      span: { byteOffset: section.bodyOffset, byteLength: section.bodyLengthBytes },
      where: `sections[${index}]`,
      // Behind the fields.
      metAt: section.bodyOffset + section.bodyLengthBytes - 1,
    };
  },
};
