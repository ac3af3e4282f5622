import { RAM_SECTION_IDSTR } from '@mapped-ram/format';
import { findDevice } from '@mapped-ram/reader';
import type { LintContext } from '../../context.js';
import { quoteName } from '../../facts/names.js';
import { type StateSection, stateSections } from '../../facts/ram-sections.js';
import type { Rule, RuleMatch } from '../../rule.js';

/** What the vmdescription says differently about a section, if anything. */
function difference(
  { snapshot }: LintContext,
  section: StateSection,
): Pick<RuleMatch, 'message' | 'expected' | 'actual' | 'behaviour'> | undefined {
  if (section.kind !== 'full' || section.idstr === RAM_SECTION_IDSTR) return undefined;
  const { idstr, instanceId, versionId } = section;
  const title = `${quoteName(idstr)}, instance ${instanceId}`;
  const json = snapshot.vmdescription?.json;
  const device = json && findDevice(json, idstr, instanceId);
  if (device === undefined) {
    const message = `The vmdescription does not name ${title}.`;
    return isNamedOtherwise(snapshot, section)
      ? {
          message,
          actual: title,
          behaviour: { outcome: 'restores', says: 'Does not read the damaged name.' },
        }
      : { message, actual: title };
  }
  if (device.instance_id !== instanceId) {
    return {
      message: `The section of ${title} fits any instance, and ${device.instance_id} is the first in the vmdescription.`,
      expected: String(device.instance_id),
      actual: String(instanceId),
      behaviour: { outcome: 'restores', says: 'Takes it for the first device of this name.' },
    };
  }
  const { version } = device;
  if (version === undefined || version === versionId) return undefined;
  return {
    message: `The section of ${title} has version ${versionId}, but ${version} in the vmdescription.`,
    expected: String(version),
    actual: String(versionId),
    behaviour: behaviourOf(idstr, versionId, version),
  };
}

/**
 * Whether it is the description's name that is damaged: a device that no section belongs to still has, in `vmsd_name`, the
 * name that the section's ends with.
 */
function isNamedOtherwise(
  { sections, vmdescription }: LintContext['snapshot'],
  section: StateSection,
): boolean {
  const idstr = section.idstr ?? '';
  const isStreamed = (name: string) =>
    sections.some((other) => 'idstr' in other && other.kind === 'full' && other.idstr === name);
  return (vmdescription?.json?.devices ?? []).some(({ name, vmsd_name }) => {
    if (vmsd_name === undefined || isStreamed(name)) return false;
    return idstr === vmsd_name || idstr.endsWith(`/${vmsd_name}`);
  });
}

/** What QEMU does with a state of another version than its own. */
function behaviourOf(idstr: string, versionId: number, own: number): NonNullable<RuleMatch['behaviour']> {
  if (versionId > own) {
    return { outcome: 'refused', says: `\`unsupported version ${versionId} for '${idstr}' v${own}\`` };
  }
  // Nearly every state that has versions at all starts with 1.
  if (versionId === 0) return { outcome: 'refused', says: `\`${idstr}: incoming version_id 0 is too old\`` };
  return {
    outcome: 'restores',
    says: 'Takes it as an older state, or refuses: `incoming version_id ... is too old`.',
  };
}

export const sectionUndescribedRule: Rule = {
  id: 'section-undescribed',
  title: 'A section is not as the vmdescription says',
  severity: 'warning',
  needs: 'headers',
  clauses: ['SECTION-5', 'VMDESC-3', 'VMDESC-5'],
  description: `The vmdescription names every device that was saved with its instance and version. A section of another name,
instance or version was changed, or the description is not this stream's.

QEMU does not use the description; but a destination that fits the file has the devices that it names, and refuses the
state of any other and a version above its own.`,
  qemu: [
    { from: '10.2', outcome: 'refused', says: "`Unknown section or instance '...' ...`" },
    { outcome: 'refused', says: "`Unknown savevm section or instance '...' ...`" },
  ],
  remedy: 'Take the file from its source again.',
  *check(context) {
    if (context.snapshot.vmdescription?.json === undefined) return;
    for (const { section, where } of stateSections(context)) {
      const found = difference(context, section);
      if (found === undefined) continue;
      const { byteOffset, bodyOffset } = section;
      yield { ...found, span: { byteOffset, byteLength: bodyOffset - byteOffset }, where };
    }
  },
};
