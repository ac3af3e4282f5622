import {
  booleanOption,
  checkOptions,
  functionOption,
  integerOption,
  objectOption,
  signalOption,
  textOption,
} from '@mapped-ram/format';
import type { LintOptions } from './options.js';
import { qemuVersionOf } from './qemu-version.js';
import { rules } from './registry.js';

const levelOption = textOption(['note', 'warning', 'error', 'off']);

/**
 * Holds the options against what they may be, before anything is read.
 *
 * @throws TypeError, RangeError
 */
export function checkLintOptions(options: LintOptions): void {
  checkOptions<LintOptions>(options, {
    qemu: (value) => void qemuVersionOf(value as string),
    multifd: booleanOption,
    deep: booleanOption,
    mappedRam: booleanOption,
    scanner: checkScanner,
    probeBytes: integerOption(),
    streamOffset: integerOption(),
    wordOrder: textOption(['le', 'be']),
    rules: checkLevels,
    seal: functionOption,
    signal: signalOption,
    onProgress: functionOption,
    onScanned: functionOption,
  });
}

function checkScanner(scanner: unknown, name: string): void {
  objectOption(scanner, name);
  functionOption((scanner as { scan?: unknown }).scan, `${name}.scan`);
}

function checkLevels(levels: unknown, name: string): void {
  objectOption(levels, name);
  for (const [id, level] of Object.entries(levels as object)) {
    if (!rules.some((rule) => rule.id === id)) throw new RangeError(`there is no rule ${id}`);
    levelOption(level, `${name}['${id}']`);
  }
}
