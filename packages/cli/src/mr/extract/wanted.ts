import {
  type AddressRange,
  type GivenRange,
  type KdumpCompression,
  kdumpCompressions,
} from '@mapped-ram/extract';
import { parseSize } from '@mapped-ram/format';
import type { CommandLine } from '../../shared/command-line.js';
import { lastValue, oneOf } from '../../shared/option-values.js';
import { UsageError } from '../../shared/usage-error.js';

/** What is to be taken out of a snapshot. */
export type Wanted =
  | { readonly kind: 'block'; readonly idstr: string }
  | { readonly kind: 'range'; readonly range: AddressRange; readonly virtual?: { readonly cpu?: number } }
  | { readonly kind: 'elf'; readonly paging: boolean; readonly cpu?: number }
  | { readonly kind: 'kdump'; readonly compression: KdumpCompression; readonly leaveOutFree: boolean }
  | { readonly kind: 'map' };

/** `0x100000=pc.ram+0x100000:64M`; offset and length may be left out. */
const MAPPING = /^([^=]+)=(.+?)(?:\+([0-9][^+:]*))?(?::([^:]+))?$/;

/** Exactly one of `--block`, `--range`, `--elf`, `--kdump` and `--show-map`. @throws UsageError */
export function wantedOf(line: CommandLine): Wanted {
  const idstr = lastValue(line, 'block');
  const range = lastValue(line, 'range');
  const paging = line.flags.has('paging');
  const isVirtual = line.flags.has('virtual');
  const cpu = cpuOf(line);
  const wanted: Wanted[] = [];
  if (idstr !== undefined) wanted.push({ kind: 'block', idstr });
  if (range !== undefined) {
    wanted.push({ kind: 'range', range: toRange(range), ...(isVirtual && { virtual: cpu }) });
  }
  if (line.flags.has('elf')) wanted.push({ kind: 'elf', paging, ...cpu });
  if (line.flags.has('kdump')) wanted.push({ kind: 'kdump', ...kdumpOf(line) });
  if (line.flags.has('show-map')) wanted.push({ kind: 'map' });
  const [only, ...others] = wanted;
  if (only === undefined || others.length > 0) {
    throw new UsageError('exactly one of --block, --range, --elf, --kdump and --show-map is needed');
  }
  if (isVirtual && only.kind !== 'range') throw new UsageError('--virtual needs --range');
  if (cpu.cpu !== undefined && !isVirtual && !paging)
    throw new UsageError('--cpu needs --virtual or --paging');
  for (const name of ['compression', 'free-pages']) {
    if (line.values.has(name) && only.kind !== 'kdump') throw new UsageError(`--${name} needs --kdump`);
  }
  if (paging && only.kind !== 'elf') throw new UsageError('--paging needs --elf');
  if (only.kind === 'block' && line.values.has('map')) {
    throw new UsageError('--map is about guest-physical addresses; --block needs none');
  }
  return only;
}

function kdumpOf(line: CommandLine): { compression: KdumpCompression; leaveOutFree: boolean } {
  const compression = oneOf('compression', lastValue(line, 'compression') ?? 'zlib', kdumpCompressions);
  const freePages = oneOf('free-pages', lastValue(line, 'free-pages') ?? 'keep', ['keep', 'leave-out']);
  return { compression, leaveOutFree: freePages === 'leave-out' };
}

function cpuOf(line: CommandLine): { cpu?: number } {
  const text = lastValue(line, 'cpu');
  if (text === undefined) return {};
  if (!/^\d{1,5}$/.test(text))
    throw new UsageError(`--cpu cannot be ${JSON.stringify(text)}: write its number, from 0`);
  return { cpu: Number(text) };
}

/** The map that `--map` gives; undefined where it is not given. @throws UsageError */
export function givenMap({ values }: CommandLine): GivenRange[] | undefined {
  return values.get('map')?.map((text) => {
    const [, address = '', block = '', offset, length] = MAPPING.exec(text) ?? [];
    if (block === '') throw new UsageError(`--map cannot be ${JSON.stringify(text)}: write ADDRESS=BLOCK`);
    return {
      address: toAddress('map', address),
      block,
      ...(offset !== undefined && { blockOffset: toBytes('map', offset) }),
      ...(length !== undefined && { lengthBytes: toBytes('map', length) }),
    };
  });
}

/** `START:LENGTH`, or `START-END` with the last address as its end, as `/proc/iomem`, QEMU's `info mtree` and the map of `--show-map` have it. */
function toRange(text: string): AddressRange {
  const [, start = '', separator = '', rest = ''] = /^([^:-]+)([:-])(.+)$/.exec(text) ?? [];
  if (rest === '') {
    throw new UsageError(
      `--range cannot be ${JSON.stringify(text)}: write START:LENGTH or START-END, such as 0x100000:4M`,
    );
  }
  const address = toAddress('range', start);
  const lengthBytes =
    separator === ':' ? toBytes('range', rest) : Number(toAddress('range', rest) - address + 1n);
  if (lengthBytes <= 0) throw new UsageError(`--range ${text} is empty`);
  return { address, lengthBytes };
}

function toAddress(option: string, text: string): bigint {
  // Addresses may be beyond what sizes can be.
  return /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text) : BigInt(toBytes(option, text));
}

function toBytes(option: string, text: string): number {
  try {
    return parseSize(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`--${option}: ${error.message}`);
  }
}
