import { findDevice } from '@mapped-ram/reader';
import type { LintContext } from '../../context.js';
import { type JudgedSection, judgeSections } from '../../facts/device-versions.js';
import { quoteName } from '../../facts/names.js';
import type { Rule, RuleMatch } from '../../rule.js';

function matchOf(
  { verdict, range, section, state }: JudgedSection,
  qemu: string,
): Partial<RuleMatch> | undefined {
  const { idstr, versionId } = section;
  const name = quoteName(idstr);
  if (verdict === 'missing') {
    const says = `\`Unknown section or instance ${name} ...\``;
    return {
      message: `QEMU ${qemu} has no device with the state ${quoteName(state)}, which ${name} is of.`,
      behaviour: { outcome: 'refused', says },
    };
  }
  if (range === undefined) return undefined;
  const expected = `${range.minimum} to ${range.version}`;
  const message = `The state of ${name} has version ${versionId}, and QEMU ${qemu} takes ${expected}.`;
  if (verdict === 'too-old') {
    const says = `\`incoming version_id ${versionId} is too old for local minimum version_id ${range.minimum}\``;
    return { message, expected, behaviour: { outcome: 'refused', says } };
  }
  if (verdict === 'too-new') {
    const says = `\`unsupported version ${versionId} for ${name} v${range.version}\``;
    return { message, expected, behaviour: { outcome: 'refused', says } };
  }
  return undefined;
}

/** Whether the description has another version: the section was changed, which is another rule's. */
function isAltered({ snapshot }: LintContext, { section }: JudgedSection): boolean {
  const { idstr, instanceId, versionId } = section;
  const described =
    snapshot.vmdescription?.json && findDevice(snapshot.vmdescription.json, idstr, instanceId);
  return described?.version !== undefined && described.version !== versionId;
}

export const deviceVersionUnsupportedRule: Rule = {
  id: 'device-version-unsupported',
  title: "The QEMU that restores does not take this version of a device's state",
  severity: 'error',
  needs: 'headers',
  clauses: ['SECTION-5'],
  description: `Every device's section gives the version of its state. A QEMU takes versions from the lowest that its device still
understands up to its own. A newer release may have given up an older version; an older release never knows a newer one.

Which versions QEMU 10.0 and 11.1 take was asked of them, device by device.`,
  qemu: [{ outcome: 'refused', says: 'Does not take the version.' }],
  remedy: 'Restore with the release that saved the file, or with one between that takes the version.',
  *check(context) {
    for (const judged of judgeSections(context)) {
      const { section, where } = judged;
      const match = isAltered(context, judged) ? undefined : matchOf(judged, context.target.qemu);
      if (match?.message === undefined) continue;
      const { byteOffset, bodyOffset, versionId } = section;
      yield {
        ...{ ...match, message: match.message, where, actual: String(versionId) },
        span: { byteOffset, byteLength: bodyOffset - byteOffset },
      };
    }
  },
};
