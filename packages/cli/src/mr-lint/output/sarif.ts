import { isAbsolute, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sarifLog } from '@mapped-ram/lint/sarif';
import { printableJson } from '../../shared/printable.js';
import type { FileResult } from '../file-result.js';
import type { Output, OutputContext } from './output.js';

/** A SARIF 2.1.0 log with one run; places are byte regions. */
export function sarifOutput({ qemu, multifd, deep }: OutputContext, version: string): Output {
  const files: FileResult[] = [];
  return {
    file(result) {
      files.push(result);
      return '';
    },
    end: () => printableJson(sarifLog(files, { qemu, multifd, deep, version, toUri })),
  };
}

/** A relative path as a relative reference, so that the log can move with the files; an absolute one as a file URL. */
function toUri(path: string): string {
  return isAbsolute(path) ? pathToFileURL(path).href : path.split(sep).map(encodeURIComponent).join('/');
}
