import {
  compareFingerprints,
  type FingerprintDifference,
  notInTheFile,
  type SnapshotInfo,
} from '@mapped-ram/inspect';
import { printableJson, printableJsonLine } from '../../shared/printable.js';
import { fingerprintText } from './fingerprint-text.js';
import { infoText, type RecordedInfo } from './info-text.js';

/** Every output format, the default first. */
export const formats = ['pretty', 'json', 'jsonl'] as const;

/** What is printed of one file. */
interface FileText {
  readonly text: string;
  /** Whether its fingerprint is another than that of the first, where fingerprints are asked for. */
  readonly differs: boolean;
}

/** Prints what is in files, one after another, and what can only be said of all of them at the end. */
interface InfoOutput {
  file(info: RecordedInfo): FileText;
  end(): string;
}

/** @param isFingerprint Only the fingerprints, and in what they differ from the first. */
export function createInfoOutput(
  format: (typeof formats)[number],
  isFingerprint: boolean,
  style: Parameters<typeof infoText>[1],
): InfoOutput {
  const kept: RecordedInfo[] = [];
  const keptDifferences: FingerprintDifference[][] = [];
  let first: RecordedInfo | undefined;
  const json = (info: RecordedInfo, differences: FingerprintDifference[]) =>
    isFingerprint ? { path: info.path, fingerprint: info.fingerprint, differences } : info;
  return {
    file(info) {
      const isFirst = first === undefined;
      first ??= info;
      const differences = isFingerprint ? differencesOf(first, info) : [];
      const differs = differences.length > 0;
      if (format === 'jsonl') {
        return { text: printableJsonLine({ version: 1, ...json(info, differences) }), differs };
      }
      if (format === 'pretty' && !isFingerprint) {
        return { text: `${isFirst ? '' : '\n'}${infoText(info, style)}`, differs };
      }
      kept.push(info);
      keptDifferences.push(differences);
      return { text: '', differs };
    },
    end() {
      if (format === 'jsonl') return '';
      if (format === 'pretty') return isFingerprint ? fingerprintText(kept, keptDifferences, style) : '';
      const files = kept.map((info, index) => json(info, keptDifferences[index] ?? []));
      return printableJson(isFingerprint ? { version: 1, files } : { version: 1, notInTheFile, files });
    },
  };
}

function differencesOf(first: SnapshotInfo, { fingerprint }: SnapshotInfo): FingerprintDifference[] {
  return compareFingerprints(first.fingerprint, fingerprint);
}
