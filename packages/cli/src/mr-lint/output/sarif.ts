import { isAbsolute, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  explainRule,
  type FileReport,
  type Finding,
  type Rule,
  rules,
  type Severity,
} from '@mapped-ram/lint';
import type { Log, Notification, ReportingDescriptor, Result } from 'sarif';
import { printableJson } from '../../shared/printable.js';
import { type FileResult, isReport, type UnusableFile } from '../file-result.js';
import type { Output, OutputContext } from './output.js';

// In SARIF, `note` is a level of its own, so the severities are its levels.
const levelOf = (severity: Severity): 'error' | 'warning' | 'note' => severity;

/** A SARIF 2.1.0 log with one run; places are byte regions. */
export function sarifOutput(context: OutputContext, version: string): Output {
  const files: FileResult[] = [];
  return {
    file(result) {
      files.push(result);
      return '';
    },
    end: () => printableJson(toLog(files, context, version)),
  };
}

function toLog(files: readonly FileResult[], { qemu, multifd, deep }: OutputContext, version: string): Log {
  const unusable = files.filter((file): file is UnusableFile => !isReport(file));
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'mr-lint', semanticVersion: version, rules: rules.map(toReportingDescriptor) },
        },
        invocations: [
          {
            executionSuccessful: unusable.length === 0,
            toolExecutionNotifications: unusable.map(toNotification),
          },
        ],
        artifacts: files.map((file) => ({
          location: { uri: toUri(file.path) },
          ...(isReport(file) && { properties: { verdict: file.verdict } }),
        })),
        results: files.flatMap((file, index) => (isReport(file) ? toResults(file, index) : [])),
        properties: { qemu, multifd, deep },
      },
    ],
  };
}

function toReportingDescriptor(rule: Rule): ReportingDescriptor {
  return {
    id: rule.id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.description },
    help: { text: rule.remedy, markdown: explainRule(rule) },
    defaultConfiguration: { level: levelOf(rule.severity) },
    properties: { needs: rule.needs, clauses: rule.clauses },
  };
}

function toNotification({ path, error }: UnusableFile): Notification {
  return {
    level: 'error',
    descriptor: { id: error.code },
    message: { text: error.message },
    locations: [{ physicalLocation: { artifactLocation: { uri: toUri(path) } } }],
  };
}

function toResults({ path, verdict, findings }: FileReport, artifactIndex: number): Result[] {
  return findings.map((finding) => ({
    ruleId: finding.rule,
    ruleIndex: rules.findIndex(({ id }) => id === finding.rule),
    level: levelOf(finding.severity),
    message: { text: toMessage(finding) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toUri(path), index: artifactIndex },
          region: { byteOffset: finding.byteOffset, byteLength: finding.byteLength },
        },
        logicalLocations: [{ fullyQualifiedName: finding.where }],
      },
    ],
    properties: {
      verdict,
      outcome: finding.outcome,
      reached: finding.reached,
      qemu: finding.qemu,
      remedy: finding.remedy,
    },
  }));
}

function toMessage({ message, expected, actual }: Finding): string {
  const wanted = expected === undefined ? '' : ` Wanted: ${expected}.`;
  const got = actual === undefined ? '' : ` Got: ${actual}.`;
  return `${message}${wanted}${got}`;
}

/** A relative path as a relative reference, so that the log can move with the files; an absolute one as a file URL. */
function toUri(path: string): string {
  return isAbsolute(path) ? pathToFileURL(path).href : path.split(sep).map(encodeURIComponent).join('/');
}
