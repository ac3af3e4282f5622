import { instanceMeant } from '@mapped-ram/reader';
import type { LintContext } from '../../context.js';
import { quoteName } from '../../facts/names.js';
import { countText } from '../../facts/quantities.js';
import { stateSections } from '../../facts/ram-sections.js';
import { walkedToEnd } from '../../facts/walk-stop.js';
import type { Rule } from '../../rule.js';

const keyOf = (name: string, instance: number): string => `${name} ${instance}`;

/** Devices that are described but have no section. */
function missingDevices(context: LintContext): { name: string; instance_id: number }[] {
  const present = new Set<string>();
  const presentFirsts = new Set<string>();
  for (const { section } of stateSections(context)) {
    if (section.kind !== 'start' && section.kind !== 'full') continue;
    const instance = instanceMeant(section.idstr, section.instanceId);
    if (instance === undefined) presentFirsts.add(section.idstr);
    else present.add(keyOf(section.idstr, instance));
  }
  const described = context.snapshot.vmdescription?.json?.devices ?? [];
  return described.filter(
    ({ name, instance_id }) => !presentFirsts.delete(name) && !present.has(keyOf(name, instance_id)),
  );
}

export const vmdescriptionMismatchRule: Rule = {
  id: 'vmdescription-mismatch',
  title: 'The vmdescription names devices that have no section',
  severity: 'warning',
  needs: 'headers',
  clauses: ['VMDESC-3', 'VMDESC-5', 'SECTION-5'],
  description: `Every device of the vmdescription has a section in the stream. Where one has not, the section was removed, or
the end marker comes too early. QEMU does not notice that a device's state is missing: the device starts as after a reset, while the
guest believes that it goes on.`,
  qemu: [
    {
      outcome: 'restores',
      says: 'It does not notice that the state is missing: the device stays as after a reset.',
    },
  ],
  remedy: 'Take the file from its source again: the state of these devices is lost.',
  *check(context) {
    const { vmdescription } = context.snapshot;
    if (vmdescription === undefined || !walkedToEnd(context)) return;
    const missing = missingDevices(context);
    if (missing.length === 0) return;
    const shown = missing
      .slice(0, 5)
      .map(({ name, instance_id }) => `${quoteName(name)} ${instance_id}`)
      .join(', ');
    yield {
      message: `${countText(missing.length, 'device')} of the vmdescription ${missing.length === 1 ? 'has' : 'have'} no section: ${shown}${missing.length > 5 ? ', ...' : ''}.`,
      span: { byteOffset: vmdescription.byteOffset, byteLength: vmdescription.byteLength },
      where: 'vmdescription.devices',
    };
  },
};
