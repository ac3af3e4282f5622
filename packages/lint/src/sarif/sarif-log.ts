import { booleanOption, checkOptions, functionOption, nameOption } from '@mapped-ram/format';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Log, Notification, ReportingDescriptor, Result } from 'sarif';
import { explainRule } from '../explain.js';
import type { Finding } from '../finding.js';
import { qemuVersionOf } from '../qemu-version.js';
import { rules } from '../registry.js';
import type { FileReport } from '../report.js';
import type { Rule } from '../rule.js';

/** A file that could not be looked at, and why. */
export interface SarifFault {
  readonly path: string;
  readonly error: { readonly code: string; readonly message: string };
}

/** What a log says of the run. */
export interface SarifOptions {
  /** The QEMU that was asked about, as `lintSource` takes it. */
  readonly qemu?: string;
  readonly multifd?: boolean;
  readonly deep?: boolean;
  /** Of the program that ran; no version is told if not given. */
  readonly version?: string;
  /** Makes a URI reference of a report's path. If not given, a relative path stays relative, and an absolute one is a file URL. */
  readonly toUri?: (path: string) => string;
}

/**
 * A SARIF 2.1.0 log of one run, for code hosts and for everything else that reads it. A result has the bytes of the file that it is about,
 * line 1, which code hosts ask for, and a fingerprint that is the same as long as the rule finds fault with the same part of the stream.
 *
 * @param files - what `lintSource` said of each, or why it could not be asked
 * @throws TypeError, RangeError for an option that is none.
 */
export function sarifLog(files: readonly (FileReport | SarifFault)[], options: SarifOptions = {}): Log {
  checkOptions<SarifOptions>(options, {
    qemu: (value) => void qemuVersionOf(value as string),
    multifd: booleanOption,
    deep: booleanOption,
    version: nameOption,
    toUri: functionOption,
  });
  const { version, toUri = uriOf, ...properties } = options;
  const faults = files.filter(isFault);
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'mr-lint',
            informationUri: 'https://github.com/mapped-ram/mapped-ram',
            ...(version !== undefined && { semanticVersion: version }),
            rules: rules.map(toReportingDescriptor),
          },
        },
        invocations: [
          {
            executionSuccessful: faults.length === 0,
            toolExecutionNotifications: faults.map((fault) => toNotification(fault, toUri)),
          },
        ],
        artifacts: files.map((file) => ({
          location: { uri: toUri(file.path) },
          ...(!isFault(file) && { properties: { verdict: file.verdict } }),
        })),
        results: files.flatMap((file, index) => (isFault(file) ? [] : toResults(file, index, toUri))),
        properties,
      },
    ],
  };
}

function isFault(file: FileReport | SarifFault): file is SarifFault {
  return 'error' in file;
}

// In SARIF, `note` is a level of its own, so the severities are its levels.
function toReportingDescriptor(rule: Rule): ReportingDescriptor {
  return {
    id: rule.id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.description },
    helpUri: `https://github.com/mapped-ram/mapped-ram/blob/main/packages/lint/src/rules/${rule.id}/page.md`,
    help: { text: rule.remedy, markdown: explainRule(rule) },
    defaultConfiguration: { level: rule.severity },
    properties: { needs: rule.needs, clauses: rule.clauses },
  };
}

function toNotification({ path, error }: SarifFault, toUri: (path: string) => string): Notification {
  return {
    level: 'error',
    descriptor: { id: error.code },
    message: { text: error.message },
    locations: [{ physicalLocation: { artifactLocation: { uri: toUri(path) } } }],
  };
}

function toResults(
  { path, verdict, findings }: FileReport,
  artifactIndex: number,
  toUri: (path: string) => string,
): Result[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const place = `${finding.rule} ${finding.where}`;
    const times = (seen.get(place) ?? 0) + 1;
    seen.set(place, times);
    return {
      ruleId: finding.rule,
      ruleIndex: rules.findIndex(({ id }) => id === finding.rule),
      level: finding.severity,
      message: { text: toMessage(finding) },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: toUri(path), index: artifactIndex },
            // Code hosts show no result without a line.
            region: { startLine: 1, byteOffset: finding.byteOffset, byteLength: finding.byteLength },
          },
          logicalLocations: [{ fullyQualifiedName: finding.where }],
        },
      ],
      // The name that code hosts look for. Offsets are no part of it: a file that is written again has others.
      partialFingerprints: { primaryLocationLineHash: `${shortHash(place)}:${times}` },
      properties: {
        verdict,
        outcome: finding.outcome,
        reached: finding.reached,
        qemu: finding.qemu,
        remedy: finding.remedy,
      },
    };
  });
}

function shortHash(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text))).slice(0, 16);
}

function toMessage({ message, expected, actual }: Finding): string {
  const wanted = expected === undefined ? '' : ` Wanted: ${expected}.`;
  const got = actual === undefined ? '' : ` Got: ${actual}.`;
  return `${message}${wanted}${got}`;
}

function uriOf(path: string): string {
  const reference = path.split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${reference}` : reference;
}
