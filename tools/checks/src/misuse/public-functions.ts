import { prepareClone, startClone } from '@mapped-ram/clone';
import { extractBlock, extractElf, extractRange, readPhysicalMap } from '@mapped-ram/extract';
import { checkFdset, inheritedArguments, openFdset } from '@mapped-ram/fdset';
import { fitSnapshot } from '@mapped-ram/fit';
import { describeGuest, findFreePages, findLinuxGuest, openLinuxGuest, searchBlock } from '@mapped-ram/guest';
import { describeSnapshot, deviceToJson, diffSnapshots } from '@mapped-ram/inspect';
import { lintSource } from '@mapped-ram/lint';
import { restoreSnapshot, saveSnapshot } from '@mapped-ram/migrate';
import {
  findLiteralPages,
  openChannels,
  ThreadedPageComparer,
  ThreadedPageFinder,
} from '@mapped-ram/multifd';
import { openPacked } from '@mapped-ram/pack';
import {
  applyFiles,
  deltaFile,
  digestSource,
  packFile,
  packTo,
  sealFile,
  unpackFile,
  unpackTo,
  verifyFile,
} from '@mapped-ram/pack/file';
import { connectQmp } from '@mapped-ram/qmp';
import { type ByteSource, openSnapshot, readClassicStream } from '@mapped-ram/reader';
import { cachedSource } from '@mapped-ram/reader/cached';
import { openFileSource } from '@mapped-ram/reader/file';
import { openHttpSource } from '@mapped-ram/reader/http';
import {
  convertSnapshot,
  copySnapshot,
  copyToPipe,
  openSparseFile,
  planTrim,
  relocateSnapshot,
  repairSnapshot,
  scrubInPlace,
  scrubToCopy,
  trimInPlace,
  trimToCopy,
} from '@mapped-ram/transform';
import { createSnapshot } from '@mapped-ram/writer';
import { createFileTarget } from '@mapped-ram/writer/file';
import type { OptionKind } from './wrong-values.js';

/** A public function, and how it is called with options, and with a source, that may be wrong. */
export interface PublicFunction {
  readonly name: string;
  readonly options: Readonly<Record<string, OptionKind>>;
  readonly call: (options: never, source: ByteSource) => unknown;
  /** Whether its first argument is a source. */
  readonly takesSource?: boolean;
}

/** What is given where nothing is looked at before the options are: using it would throw something else. */
const none = undefined as never;

const place = { streamOffset: 'count', wordOrder: 'choice' } as const;
const work = { signal: 'signal', onProgress: 'function' } as const;
const extract = { ...place, ...work, overwrite: 'flag', channels: 'group', openSource: 'function' } as const;
const transform = {
  ...place,
  onProgress: 'function',
  dropUnmarkedPages: 'flag',
  transport: 'group',
} as const;
const trim = { ...place, onProgress: 'function', given: 'group', map: 'group', offline: 'flag' } as const;
const transfer = { channels: 'positive', directIo: 'flag', byteOffset: 'count', signal: 'signal' } as const;
const guest = { map: 'group', given: 'group', scanBytes: 'count', onScanned: 'function' } as const;

/** Every public function that has options or takes a source. */
export const publicFunctions: readonly PublicFunction[] = [
  {
    name: 'openSnapshot',
    options: { ...place, tolerant: 'flag', signal: 'signal' },
    call: (options, source) => openSnapshot(source, options),
    takesSource: true,
  },
  {
    name: 'readClassicStream',
    options: { streamOffset: 'count', signal: 'signal' },
    call: (options, source) => readClassicStream(source, { async begin() {}, async pages() {} }, options),
    takesSource: true,
  },
  {
    name: 'cachedSource',
    options: {
      blockBytes: 'positive',
      cacheBytes: 'count',
      maxRequestBytes: 'positive',
      maxRequests: 'positive',
    },
    call: (options, source) => cachedSource(source, options),
    takesSource: true,
  },
  {
    name: 'openHttpSource',
    options: { fetch: 'function', headers: 'group', signal: 'signal' },
    call: (options) => openHttpSource('http://127.0.0.1:9/', options),
  },
  {
    name: 'lintSource',
    options: {
      ...{
        ...place,
        ...work,
        qemu: 'choice',
        multifd: 'flag',
        deep: 'flag',
        scanner: 'group',
        onScanned: 'function',
      },
      ...{ probeBytes: 'count', rules: 'group' },
    },
    call: (options, source) => lintSource(source, options),
    takesSource: true,
  },
  {
    name: 'fitSnapshot',
    options: { streamOffset: 'count', multifd: 'flag', signal: 'signal' },
    call: (options, source) => fitSnapshot(source, none, options),
  },
  ...[
    { name: 'extractBlock', run: extractBlock, more: 'pc.ram', options: extract },
    {
      name: 'extractRange',
      run: extractRange,
      more: { address: 0n, lengthBytes: 1 },
      options: { ...extract, map: 'list', virtual: 'group' } as const,
    },
  ].map(
    ({ name, run, more, options }): PublicFunction => ({
      name,
      options,
      call: (given, source) => run(source, more as never, '/nowhere/output', given),
      takesSource: true,
    }),
  ),
  {
    name: 'extractElf',
    options: { ...extract, map: 'list', paging: 'flag', cpu: 'count', vmcoreinfo: 'group' },
    call: (options, source) => extractElf(source, '/nowhere/output', options),
    takesSource: true,
  },
  {
    name: 'readPhysicalMap',
    options: { ...extract, map: 'list' },
    call: (options, source) => readPhysicalMap(source, options),
    takesSource: true,
  },
  {
    name: 'copySnapshot',
    options: transform,
    call: (options, source) => copySnapshot(source, none, options),
    takesSource: true,
  },
  {
    name: 'scrubToCopy',
    options: transform,
    call: (options, source) => scrubToCopy(source, none, options),
    takesSource: true,
  },
  {
    name: 'relocateSnapshot',
    options: transform,
    call: (options, source) => relocateSnapshot(source, none, 0, options),
    takesSource: true,
  },
  {
    name: 'relocateSnapshot to a place',
    options: { place: 'count' },
    call: ({ place }: { place: number }, source) => relocateSnapshot(source, none, place),
  },
  {
    name: 'convertSnapshot',
    options: { ...transform, large: 'flag' },
    call: (options, source) => convertSnapshot(source, none, 'stream', options),
    takesSource: true,
  },
  {
    name: 'convertSnapshot to a kind',
    options: { kind: 'choice' },
    call: ({ kind }: { kind: never }, source) => convertSnapshot(source, none, kind),
  },
  {
    name: 'repairSnapshot',
    options: {
      ...{ ...place, onProgress: 'function', transport: 'group' },
      ...{ markUnclearPages: 'flag', forQemu: 'choice' },
    },
    call: (options, source) => repairSnapshot(source, none, options),
    takesSource: true,
  },
  {
    name: 'copyToPipe',
    options: transform,
    call: (options, source) => copyToPipe(source, none, options),
    takesSource: true,
  },
  {
    name: 'trimToCopy',
    options: { ...trim, transport: 'group' },
    call: (options, source) => trimToCopy(source, none, options),
    takesSource: true,
  },
  {
    name: 'scrubInPlace',
    options: { ...place, ...work, dropUnmarkedPages: 'flag', channels: 'group' },
    call: (options) => scrubInPlace('/nowhere', options),
  },
  {
    name: 'planTrim',
    options: { ...trim, signal: 'signal', openSource: 'function' },
    call: (options) => planTrim('/nowhere', options),
  },
  {
    name: 'trimInPlace',
    options: { ...trim, signal: 'signal' },
    call: (options) => trimInPlace('/nowhere', options),
  },
  {
    name: 'openSparseFile',
    options: { signal: 'signal', openSource: 'function' },
    call: (options) => openSparseFile('/nowhere', options),
  },
  {
    name: 'createSnapshot',
    options: { detectZeroPages: 'flag', freePages: 'list' },
    call: (options) => createSnapshot(none, none, options),
  },
  {
    name: 'createFileTarget',
    options: { overwrite: 'flag', mode: 'count', punchHole: 'function' },
    call: (options) => createFileTarget('/nowhere/output', options),
  },
  {
    name: 'describeSnapshot',
    options: { ...work, deep: 'flag', guest: 'flag' },
    call: (options, source) => describeSnapshot(none, source, options),
  },
  {
    name: 'diffSnapshots',
    options: { ...work, only: 'choice', maxRuns: 'limit' },
    call: (options) => diffSnapshots(none, options),
  },
  { name: 'deviceToJson', options: { full: 'flag' }, call: (options) => deviceToJson({} as never, options) },
  { name: 'openLinuxGuest', options: guest, call: (options) => openLinuxGuest(none, options) },
  { name: 'findLinuxGuest', options: guest, call: (options) => findLinuxGuest(none, options) },
  {
    name: 'describeGuest',
    options: { ...guest, deep: 'flag' },
    call: (options) => describeGuest(none, options),
  },
  {
    name: 'findFreePages',
    options: { offline: 'flag', onFrames: 'function' },
    call: (options) => findFreePages(none, options),
  },
  {
    name: 'searchBlock',
    options: { onSearched: 'function' },
    call: (options) => searchBlock(none, none, none, options).next(),
  },
  {
    name: 'openPacked',
    options: { cacheBytes: 'count' },
    call: (options, source) => openPacked(source, none, options),
    takesSource: true,
  },
  {
    name: 'digestSource',
    options: work,
    call: (options, source) => digestSource(source, options),
    takesSource: true,
  },
  {
    name: 'packFile',
    options: {
      ...work,
      level: 'positive',
      frameBytes: 'positive',
      channels: 'positive',
      streamOffset: 'count',
    },
    call: (options) => packFile({ input: '/nowhere', output: '/nowhere/output' }, options),
  },
  {
    name: 'packTo',
    options: {
      ...work,
      level: 'positive',
      frameBytes: 'positive',
      channels: 'positive',
      streamOffset: 'count',
    },
    call: (options) => packTo('/nowhere', none, options),
  },
  {
    name: 'unpackFile',
    options: { ...work, channels: 'positive' },
    call: (options) => unpackFile({ input: '/nowhere', output: '/nowhere/output' }, options),
  },
  {
    name: 'unpackTo',
    options: { ...work, channels: 'positive' },
    call: (options) => unpackTo('/nowhere', none, options),
  },
  {
    name: 'deltaFile',
    options: { ...work, overwrite: 'flag', level: 'positive' },
    call: (options) => deltaFile({ base: '/nowhere', next: '/nowhere', output: '/nowhere/output' }, options),
  },
  {
    name: 'applyFiles',
    options: { ...work, overwrite: 'flag' },
    call: (options) => applyFiles({ base: '/nowhere', deltas: [], output: '/nowhere/output' }, options),
  },
  {
    name: 'sealFile',
    options: { ...work, output: 'name', overwrite: 'flag', signWith: 'name' },
    call: (options) => sealFile('/nowhere', options),
  },
  {
    name: 'verifyFile',
    options: { ...work, sealPath: 'name', verifyWith: 'name', maxChanges: 'count' },
    call: (options) => verifyFile('/nowhere', options),
  },
  {
    name: 'prepareClone',
    options: { ...place, overwrite: 'flag', signal: 'signal', blocks: 'list', mainRam: 'name' },
    call: (options) => prepareClone('/nowhere', '/nowhere', options),
  },
  {
    name: 'startClone',
    options: { stdio: 'choice', env: 'group', cwd: 'name', signal: 'signal', timeoutMs: 'duration' },
    call: (options) => startClone(none, ['/nowhere'], options),
  },
  {
    name: 'saveSnapshot',
    options: {
      ...{ ...transfer, overwrite: 'flag', live: 'flag', freePageHint: 'flag', bandwidth: 'count' },
      ...{ keepRunning: 'flag', onProgress: 'function' },
    },
    call: (options) => saveSnapshot(none, '/nowhere/output', options),
  },
  {
    name: 'restoreSnapshot',
    options: { ...transfer, keepRunning: 'flag' },
    call: (options) => restoreSnapshot(none, '/nowhere', options),
  },
  {
    name: 'openChannels',
    options: {
      channels: 'positive',
      source: 'group',
      target: 'group',
      compared: 'group',
      literal: 'group',
      asTheyAre: 'flag',
      signal: 'signal',
      onNotice: 'function',
    },
    call: (options) => openChannels({ source: { path: '/nowhere' }, ...(options as object) }),
  },
  {
    name: 'findLiteralPages',
    options: { firstPage: 'count', pageCount: 'count' },
    call: (options) => findLiteralPages(none, none, none, options, () => {}),
  },
  {
    name: 'ThreadedPageComparer',
    options: { channels: 'positive', directIo: 'flag', signal: 'signal', onNotice: 'function' },
    call: (options) => new ThreadedPageComparer(['/nowhere', '/nowhere'], options),
  },
  {
    name: 'openFileSource',
    options: { blocking: 'flag' },
    call: (options) => openFileSource('/nowhere', options),
  },
  {
    name: 'ThreadedPageFinder',
    options: { channels: 'positive', directIo: 'flag', signal: 'signal', onNotice: 'function' },
    call: (options) => new ThreadedPageFinder('/nowhere', options),
  },
  {
    name: 'connectQmp',
    options: { timeoutMs: 'duration', answerTimeoutMs: 'duration' },
    call: (options) => connectQmp('/nowhere', options),
  },
  {
    name: 'checkFdset',
    options: { multifd: 'flag', directIo: 'flag', byteOffset: 'count' },
    call: (options) => checkFdset('save', options, []),
  },
  {
    name: 'openFdset',
    options: { role: 'choice', multifd: 'flag', directIo: 'flag' },
    call: (options) => openFdset('/nowhere/output', { role: 'save', ...(options as object) }),
  },
  {
    name: 'inheritedArguments',
    options: { fdsetId: 'count', opaque: 'name', stdio: 'list' },
    call: (options) => inheritedArguments([3], { fdsetId: 1, ...(options as object) }),
  },
];
