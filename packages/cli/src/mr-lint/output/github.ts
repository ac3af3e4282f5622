import type { Finding, Severity } from '@mapped-ram/lint';
import { printable } from '../../shared/printable.js';
import { formatOffset } from '../../shared/quantities.js';
import { isReport } from '../file-result.js';
import { predictionInWords } from '../prediction.js';
import { targetInWords, verdictLine } from '../verdict-line.js';
import type { Output, OutputContext } from './output.js';

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/** Workflow commands, which GitHub Actions shows as annotations; then a verdict line per file. */
export function githubOutput(context: OutputContext): Output {
  return {
    file(result) {
      if (!isReport(result)) return command('error', result.path, 'mr-lint', printable(result.error.message));
      const lines = result.findings.map((finding) => annotation(result.path, finding, context));
      // The path may not stand first: one that begins with `::` would be a command.
      return `${lines.join('')}mr-lint: ${verdictLine(result, context)}\n`;
    },
    end: () => '',
  };
}

function annotation(path: string, finding: Finding, context: OutputContext): string {
  const { message, byteOffset, where, expected, actual, remedy } = finding;
  const lines = [message, `at ${formatOffset(byteOffset)} ${where}`];
  if (expected !== undefined) lines.push(`wanted: ${expected}`);
  if (actual !== undefined) lines.push(`got: ${actual}`);
  lines.push(`${targetInWords(context)}: ${predictionInWords(finding)}`, `help: ${remedy}`);
  return command(
    COMMANDS[finding.severity],
    path,
    `mr-lint ${finding.rule}`,
    lines.map(printable).join('\n'),
  );
}

function command(name: string, path: string, title: string, message: string): string {
  return `::${name} file=${escapeProperty(printable(path))},title=${escapeProperty(title)}::${escapeData(message)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
