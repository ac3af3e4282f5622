import { booleanOption, checkOptions, MappedRamError, textOption } from '@mapped-ram/format';
import { type ByteSource, openSnapshot } from '@mapped-ram/reader';
import type { SnapshotTarget } from '@mapped-ram/writer';
import { openOptions } from '../complete-snapshot.js';
import { copySnapshot } from '../copy-snapshot.js';
import { checkNotCompressed } from '../libvirt-image.js';
import { transformChecks } from '../option-checks.js';
import type { ConvertOptions, ConvertReport, StreamKind } from './convert-report.js';
import { convertToMappedRam } from './to-mapped-ram.js';
import { convertToStream } from './to-stream.js';

/**
 * Converts between a classic migration stream, in which pages follow one another as they were sent, and a mapped-ram one.
 * Sections, device state and guest memory stay what they are; a libvirt save image stays one.
 *
 * @throws MappedRamError the first problem of the file; `unsupported` where it is what it is to become, or pages are
 * stored in a way that cannot be read; `limit-exceeded` where the stream would be too large; `write-failed`. The target is then to be given up.
 */
export async function convertSnapshot(
  source: ByteSource,
  target: SnapshotTarget,
  to: StreamKind,
  options: ConvertOptions = {},
): Promise<ConvertReport> {
  textOption(['mapped-ram', 'stream'])(to, 'to');
  checkOptions<ConvertOptions>(options, { ...transformChecks, large: booleanOption, takeOut: booleanOption });
  const model = await openSnapshot(source, { ...openOptions(options), tolerant: true });
  checkNotCompressed(model);
  const [problem] = model.problems;
  if (model.ramLayout === undefined && problem !== undefined) throw problem.error;
  const isMappedRam = model.ramLayout !== 'classic';
  if (isMappedRam && to === 'mapped-ram' && options.takeOut === true) return takeOut(source, target, options);
  if (isMappedRam === (to === 'mapped-ram')) {
    const what = isMappedRam
      ? 'the file is a mapped-ram one already'
      : 'the file is a classic stream already';
    throw new MappedRamError('unsupported', { what });
  }
  return isMappedRam ? convertToStream(source, target, options) : convertToMappedRam(source, target, options);
}

async function takeOut(
  source: ByteSource,
  target: SnapshotTarget,
  options: ConvertOptions,
): Promise<ConvertReport> {
  const { sizeBytes, setPages } = await copySnapshot(source, target, options);
  const pages = setPages.reduce((sum, count) => sum + count, 0);
  return { from: 'mapped-ram', to: 'mapped-ram', pages, sizeBytes };
}
