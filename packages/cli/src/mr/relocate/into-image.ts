import {
  type FilePair,
  type ImageReport,
  relocateIntoImage,
  type TransformOptions,
  transformFile,
} from '@mapped-ram/transform';
import type { CommandLine } from '../../shared/command-line.js';
import { sourceOpener } from '../../shared/open-source.js';
import { lastValue } from '../../shared/option-values.js';
import { readXml } from '../xml-file.js';

/** What the command line says of an image of libvirt; undefined where it wants none. */
interface ImageWish {
  readonly headerPath: string | undefined;
  readonly xmlPath: string | undefined;
  readonly name: string | undefined;
  readonly uuid: string | undefined;
}

/** Reads the options that make an image of libvirt. */
export function imageWish(line: CommandLine): ImageWish | undefined {
  const wish = {
    headerPath: lastValue(line, 'libvirt-header'),
    xmlPath: lastValue(line, 'xml'),
    name: lastValue(line, 'name'),
    uuid: lastValue(line, 'uuid'),
  };
  return Object.values(wish).some((value) => value !== undefined) ? wish : undefined;
}

/** Puts a stream into an image. @throws MappedRamError as `relocateIntoImage` does; `read-failed` */
export async function intoImage(
  pair: FilePair,
  { headerPath, xmlPath, name, uuid }: ImageWish,
  options: TransformOptions,
): Promise<ImageReport> {
  const xml = xmlPath === undefined ? undefined : await readXml(xmlPath);
  const header = headerPath === undefined ? undefined : await sourceOpener(undefined)(headerPath);
  try {
    const wishes = { headerFrom: header?.source, xml, name, uuid };
    const { report } = await transformFile(pair, (source, target) =>
      relocateIntoImage(source, target, wishes, options),
    );
    return report;
  } finally {
    await header?.source.close();
  }
}
