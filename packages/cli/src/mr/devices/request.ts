import type { CommandLine } from '../../shared/command-line.js';
import { lastValue } from '../../shared/option-values.js';
import { UsageError } from '../../shared/usage-error.js';
import { wantsJson } from '../file-options.js';

/** What `mr devices` is asked for. */
export interface DevicesRequest {
  readonly path: string;
  readonly view: 'states' | 'registers' | 'list';
  readonly isJson: boolean;
  /** Whole buffers and lists. */
  readonly full: boolean;
  /** A device's idstr; all devices where it is not given. */
  readonly name?: string;
  readonly instanceId?: number;
  /** Path of a field or struct in the device's state. */
  readonly field?: string;
  /** Where to write the bytes to. */
  readonly dump?: string;
  readonly overwrite: boolean;
}

/** @throws UsageError where the options do not go together. */
export function requestOf(line: CommandLine): DevicesRequest {
  const { flags, paths } = line;
  const [path, given, ...others] = paths;
  if (path === undefined) throw new UsageError('no file given');
  if (others.length > 0) throw new UsageError('a file and one name are all that is taken');
  if (flags.has('list') && flags.has('registers'))
    throw new UsageError('choose one of --list and --registers');
  const view = flags.has('list') ? 'list' : flags.has('registers') ? 'registers' : 'states';
  const name = given ?? (view === 'registers' ? 'cpu' : undefined);
  const instance = lastValue(line, 'instance');
  const field = lastValue(line, 'field');
  const dump = lastValue(line, 'dump');
  for (const [option, value] of Object.entries({ instance, field, dump })) {
    if (value !== undefined && name === undefined)
      throw new UsageError(`--${option} needs the NAME of a device`);
  }
  return {
    path,
    view,
    isJson: wantsJson(line),
    full: flags.has('full'),
    overwrite: flags.has('force'),
    ...(name !== undefined && { name }),
    ...(instance !== undefined && { instanceId: toInstance(instance) }),
    ...(field !== undefined && { field }),
    ...(dump !== undefined && { dump }),
  };
}

function toInstance(value: string): number {
  if (/^\d{1,10}$/.test(value)) return Number(value);
  throw new UsageError(`--instance cannot be ${JSON.stringify(value)}: give a number`);
}
