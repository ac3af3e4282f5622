import {
  bigintOption,
  booleanOption,
  checkOptions,
  functionOption,
  groupOption,
  integerOption,
  listOption,
  nameOption,
  type OptionChecks,
  signalOption,
  textOption,
} from '@mapped-ram/format';
import { MAX_CHANNELS } from '@mapped-ram/multifd/limits';
import type { AddressRange } from './address-range.js';
import type {
  ElfOptions,
  ExtractOptions,
  KdumpOptions,
  PhysicalOptions,
  RangeOptions,
} from './extract-options.js';
import { kdumpCompressions } from './kdump/kdump-compression.js';

const extractChecks: OptionChecks<ExtractOptions> = {
  streamOffset: integerOption(),
  wordOrder: textOption(['le', 'be']),
  dropUnmarkedPages: booleanOption,
  overwrite: booleanOption,
  channels: groupOption({
    channels: integerOption(1, MAX_CHANNELS),
    directIo: booleanOption,
    onNotice: functionOption,
  }),
  openSource: functionOption,
  signal: signalOption,
  onProgress: functionOption,
};

const givenRange = groupOption(
  { address: bigintOption, block: nameOption, blockOffset: integerOption(), lengthBytes: integerOption(1) },
  ['address', 'block'],
);

const physicalChecks: OptionChecks<PhysicalOptions> = { ...extractChecks, map: listOption(givenRange) };

const rangeChecks: OptionChecks<RangeOptions> = {
  ...physicalChecks,
  virtual: groupOption({ cpu: integerOption() }),
};

const vmcoreinfo = groupOption({ has: functionOption, symbol: functionOption }, ['has', 'symbol']);

const elfChecks: OptionChecks<ElfOptions> = {
  ...physicalChecks,
  paging: booleanOption,
  cpu: integerOption(),
  vmcoreinfo,
};

const kdumpChecks: OptionChecks<KdumpOptions> = {
  ...physicalChecks,
  compression: textOption(kdumpCompressions),
  leaveOutFree: booleanOption,
  vmcoreinfo,
};

/** What may be wrong with what a block is asked for, before anything is opened. @throws TypeError, RangeError */
export function checkBlockArguments(idstr: string, output: string, options: ExtractOptions): void {
  nameOption(idstr, 'idstr');
  nameOption(output, 'output');
  checkOptions(options, extractChecks);
}

/** What may be wrong with what a map is asked for. @throws TypeError, RangeError */
export function checkMapArguments(options: PhysicalOptions): void {
  checkOptions(options, physicalChecks);
}

/** What may be wrong with what a range is asked for. @throws TypeError, RangeError */
export function checkRangeArguments(range: AddressRange, output: string, options: RangeOptions): void {
  groupOption({ address: bigintOption, lengthBytes: integerOption(1) }, ['address', 'lengthBytes'])(
    range,
    'range',
  );
  nameOption(output, 'output');
  checkOptions(options, rangeChecks);
}

/** What may be wrong with what a core is asked for. @throws TypeError, RangeError */
export function checkElfArguments(output: string, options: ElfOptions): void {
  nameOption(output, 'output');
  checkOptions(options, elfChecks);
}

/** What may be wrong with what a kdump file is asked for. @throws TypeError, RangeError */
export function checkKdumpArguments(output: string, options: KdumpOptions): void {
  nameOption(output, 'output');
  checkOptions(options, kdumpChecks);
}
