import { printableJsonLine } from '../../shared/printable.js';
import type { Output, OutputContext } from './output.js';

/** A line of JSON for each file as soon as it is its turn: what `files` of `--format json` holds, and what was asked for. */
export function jsonlOutput({ qemu, multifd, deep }: OutputContext): Output {
  return {
    file: (result) => printableJsonLine({ version: 1, qemu, multifd, deep, ...result }),
    end: () => '',
  };
}
