import type { Outcome } from './finding.js';
import { behaviourFor, type QemuBehaviour, type Rule, type RuleNeeds } from './rule.js';
import { type QemuVersion, qemuVersions } from './target.js';

const NEEDS_IN_WORDS: Readonly<Record<RuleNeeds, string>> = {
  headers: 'the headers of the stream',
  bitmaps: 'the headers and the bitmaps',
  pages: 'the contents of the pages, so it runs with `--deep` only',
};

/** An outcome as a verb with QEMU as its subject. */
export const outcomeInWords: Readonly<Record<Outcome, string>> = {
  restores: 'restores it',
  refused: 'refuses it',
  crashes: 'crashes or hangs',
  'wrong-memory': 'restores wrong memory',
};

/**
 * All that a rule says about itself, as Markdown: a heading, facts, the description, what each QEMU does, and the
 * remedy. The rule's page and `mr-lint --explain` are this text. Ends with a newline.
 */
export function explainRule(rule: Rule): string {
  const paragraphs = [
    `# ${rule.id}`,
    rule.title.endsWith('.') ? rule.title : `${rule.title}.`,
    [
      `- Severity: ${severityInWords(rule)}`,
      `- Looks at: ${NEEDS_IN_WORDS[rule.needs]}`,
      `- Specification: ${rule.clauses.join(', ')}`,
    ].join('\n'),
    rule.description.trim(),
    '## What QEMU does',
    describeBehaviours(rule).join('\n'),
    '## What helps',
    rule.remedy.trim(),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

/** The rule's own, and that a finding is an error where QEMU does not restore the file. */
function severityInWords({ severity, qemu }: Rule): string {
  if (severity === 'error' || qemu.every(({ outcome }) => outcome === 'restores')) return severity;
  return `${severity}, or error where QEMU does not restore the file`;
}

interface VersionGroup {
  readonly first: QemuVersion;
  last: QemuVersion;
  readonly plain: QemuBehaviour;
  readonly multifd: QemuBehaviour;
}

/** One line for each span of versions, and two where multifd makes a difference. */
function describeBehaviours(rule: Rule): string[] {
  return groupVersions(rule).flatMap((group) => {
    const { plain, multifd } = group;
    const versions = versionsInWords(group);
    if (plain === multifd) return [`- ${versions}: ${behaviourInWords(plain)}`];
    return [
      `- ${versions}, without multifd: ${behaviourInWords(plain)}`,
      `- ${versions}, with multifd: ${behaviourInWords(multifd)}`,
    ];
  });
}

function groupVersions(rule: Rule): VersionGroup[] {
  const groups: VersionGroup[] = [];
  for (const qemu of qemuVersions) {
    const plain = behaviourFor(rule, { qemu, multifd: false });
    const multifd = behaviourFor(rule, { qemu, multifd: true });
    const before = groups.at(-1);
    if (before?.plain === plain && before.multifd === multifd) before.last = qemu;
    else groups.push({ first: qemu, last: qemu, plain, multifd });
  }
  return groups;
}

function versionsInWords({ first, last }: VersionGroup): string {
  if (first === last) return `QEMU ${first}`;
  return `QEMU ${first} to ${last}`;
}

function behaviourInWords({ outcome, says }: QemuBehaviour): string {
  return `**${outcomeInWords[outcome]}**. ${says}`;
}
