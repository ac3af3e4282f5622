import { printableJson } from '../../shared/printable.js';
import type { FileResult } from '../file-result.js';
import type { Output, OutputContext } from './output.js';

/** The object that `--format json` prints; schema/mr-lint.schema.json describes it. */
export interface JsonReport {
  /** Version of this layout. Members may be added within a version. */
  readonly version: 1;
  readonly qemu: string;
  readonly multifd: boolean;
  readonly deep: boolean;
  readonly files: readonly FileResult[];
}

/** One JSON object, printed whole at the end, so that an interrupted run prints nothing. */
export function jsonOutput({ qemu, multifd, deep }: OutputContext): Output {
  const files: FileResult[] = [];
  return {
    file(result) {
      files.push(result);
      return '';
    },
    end: () => printableJson({ version: 1, qemu, multifd, deep, files } satisfies JsonReport),
  };
}
