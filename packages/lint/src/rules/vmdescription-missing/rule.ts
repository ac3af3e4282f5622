import { vmdescriptionProblems } from '../../facts/problem-match.js';
import type { Rule } from '../../rule.js';

export const vmdescriptionMissingRule: Rule = {
  id: 'vmdescription-missing',
  title: 'There is no vmdescription',
  severity: 'note',
  needs: 'headers',
  clauses: ['VMDESC-1', 'VMDESC-2'],
  description: `The vmdescription is a JSON text behind the stream that describes every device's state. Old machine types and
the machine property \`suppress-vmdesc=on\` leave it out. QEMU does not need it; without it the device state cannot be
read by anything else, and is not checked here.`,
  qemu: [{ outcome: 'restores', says: 'It does not need it.' }],
  remedy: 'Nothing has to be done. Save with `suppress-vmdesc=off` to have the device state checked.',
  *check(context) {
    const { endMarkerOffset, vmdescription } = context.snapshot;
    if (endMarkerOffset === undefined || vmdescription !== undefined) return;
    if (vmdescriptionProblems(context).length > 0) return;
    yield {
      message: 'Nothing describes the device state, so it was not checked.',
      span: { byteOffset: endMarkerOffset, byteLength: 1 },
      where: 'vmdescription',
    };
  },
};
