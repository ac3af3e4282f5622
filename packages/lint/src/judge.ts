import { MappedRamError, type WordOrder } from '@mapped-ram/format';
import type { ByteSource } from '@mapped-ram/reader';
import { outcomeInWords } from './explain.js';
import type { Finding } from './finding.js';
import { lintSource } from './lint.js';
import type { FileReport } from './report.js';
import { bitmapZeroOverDataRule } from './rules/bitmap-zero-over-data/rule.js';
import { pageBitsLostRule } from './rules/page-bits-lost/rule.js';
import { newestQemuVersion, qemuVersions } from './target.js';

/** The rules that tell of data under clear bits. */
const UNMARKED_PAGES_RULES: ReadonlySet<string> = new Set([bitmapZeroOverDataRule.id, pageBitsLostRule.id]);

/** Findings that are told of a snapshot which would not be restored. */
const MOST_TOLD = 3;

/** How a snapshot is to be read. */
export interface JudgeOptions {
  /** Offset of the stream in the file, in bytes; by default the start, or where a libvirt header says. */
  readonly streamOffset?: number | undefined;
  /** Byte order of the bitmaps' words; little-endian by default. */
  readonly wordOrder?: WordOrder | undefined;
  /** It is to be a mapped-ram one, which a classic stream is not. On if not given. */
  readonly mappedRam?: boolean | undefined;
  /** Data under clear bits is about to be dropped, as was asked for: it is no fault then. */
  readonly dropUnmarkedPages?: boolean | undefined;
}

/**
 * Makes sure that a QEMU would restore a snapshot, by its headers and bitmaps, or a classic stream by all of it: the newest one, or else any that is known, since
 * what only older ones load is no worse for being copied.
 *
 * @throws MappedRamError `not-restorable`, with what is wrong; `read-failed`.
 */
export async function judgeSnapshot(
  source: ByteSource,
  { streamOffset, wordOrder, mappedRam = true, dropUnmarkedPages = false }: JudgeOptions = {},
): Promise<void> {
  const options = {
    mappedRam,
    ...(streamOffset !== undefined && { streamOffset }),
    ...(wordOrder !== undefined && { wordOrder }),
  };
  const report = await lintSource(source, options);
  if (isGood(report, dropUnmarkedPages)) return;
  for (const qemu of qemuVersions) {
    if (qemu === newestQemuVersion) continue;
    if (isGood(await lintSource(source, { ...options, qemu }), dropUnmarkedPages)) return;
  }
  throw notRestorable(report);
}

function isGood({ verdict, findings }: FileReport, dropUnmarkedPages: boolean): boolean {
  if (verdict === 'restores') return true;
  if (!dropUnmarkedPages || verdict !== 'wrong-memory') return false;
  return findings.every(({ outcome, rule }) => outcome !== 'wrong-memory' || UNMARKED_PAGES_RULES.has(rule));
}

function notRestorable({ verdict, findings }: FileReport): MappedRamError {
  const errors = findings.filter(({ severity, reached }) => severity === 'error' && reached);
  const told = errors.slice(0, MOST_TOLD).map(inWords);
  const more = errors.length > told.length ? [`and ${errors.length - told.length} more`] : [];
  const what = `QEMU ${newestQemuVersion} ${outcomeInWords[verdict]}: ${[...told, ...more].join('; ')}`;
  return new MappedRamError('not-restorable', { what });
}

function inWords({ rule, message, where }: Finding): string {
  return `${rule}: ${message.replace(/\.$/, '')} (${where})`;
}
