import { RAM_SECTION_IDSTR } from '@mapped-ram/format';
import { findDevice, instanceMeant, type OpeningSection } from '@mapped-ram/reader';
import type { LintContext } from '../../context.js';
import { isWritten } from '../../facts/device-versions.js';
import { quoteName } from '../../facts/names.js';
import { type StateSection, stateSections } from '../../facts/ram-sections.js';
import type { Rule, RuleMatch } from '../../rule.js';

/** What the vmdescription says differently about a section, if anything. */
function difference(
  context: LintContext,
  section: StateSection,
): Pick<RuleMatch, 'message' | 'expected' | 'actual' | 'behaviour'> | undefined {
  const { snapshot } = context;
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
    const fitsAny = instanceMeant(idstr, instanceId) === undefined;
    return {
      message: fitsAny
        ? `The section of ${title} fits any instance, and ${device.instance_id} is the first in the vmdescription.`
        : `The section of ${title} is that of instance ${device.instance_id}, by its I/O port.`,
      expected: String(device.instance_id),
      actual: String(instanceId),
      behaviour: {
        outcome: 'restores',
        says: fitsAny
          ? 'Takes it for the first device of this name.'
          : 'Takes it for the device at this port.',
      },
    };
  }
  const { version } = device;
  if (version === undefined || version === versionId) return undefined;
  return {
    message: `The section of ${title} has version ${versionId}, but ${version} in the vmdescription.`,
    expected: String(version),
    actual: String(versionId),
    behaviour: isDescriptionWrong(context, section, version)
      ? { outcome: 'restores', says: 'Does not read the damaged version.' }
      : behaviourOf(idstr, versionId, version),
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

/** Whether it is the description's version that is damaged: releases write the section's, and none writes that. */
function isDescriptionWrong(context: LintContext, section: OpeningSection, described: number): boolean {
  return (
    isWritten(context, section, section.versionId) === true &&
    isWritten(context, section, described) === false
  );
}

/** States that are read alike from this version on (ran, QEMU 10.0.13 and 11.1.3). */
const READ_ALIKE: ReadonlyMap<string, number> = new Map([
  ['ioapic', 2],
  ['serial', 2],
]);

/**
 * What QEMU does with a state of another version than its own. What is read as an older state lacks fields, so that their bytes stand where
 * the footer is looked for.
 */
function behaviourOf(idstr: string, versionId: number, own: number): NonNullable<RuleMatch['behaviour']> {
  if (versionId > own) {
    return { outcome: 'refused', says: `\`unsupported version ${versionId} for '${idstr}' v${own}\`` };
  }
  const alikeFrom = READ_ALIKE.get(idstr);
  if (alikeFrom !== undefined && versionId >= alikeFrom)
    return { outcome: 'restores', says: 'Reads it as it reads its own version.' };
  return {
    outcome: 'refused',
    says: `\`incoming version_id ${versionId} is too old\`, or reads it as an older state: \`Missing section footer for ${idstr}\``,
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

QEMU does not use the description; but a destination that fits the file has the devices that it names. It refuses the
state of any other, and a version above its own; a version below its own it refuses too, or reads as an older state, which
does not end where this one does. Where releases are known to write the section's version, and not the description's, it is the
description that was damaged, and QEMU restores.`,
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
