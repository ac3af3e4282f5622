import { parseArgs } from 'node:util';
import {
  findQemu,
  launchDestination,
  launchWithDisk,
  loadInternalSnapshot,
  type MigrationOutcome,
  QEMU_VERSIONS,
  QemuStartError,
  type QemuTarget,
  type QemuVersion,
  type QemuVm,
  restoreMappedRam,
} from '@mapped-ram/tool-qemu';
import type { Destination, Judgement, RunRequest, SavedFile, SavedMemory } from '../protocol/messages.js';
import { PROTOCOL_VERSION } from '../protocol/messages.js';
import { type AnswerBody, serveTestee } from '../protocol/serve.js';
import { findMemoryDifference } from './compare-memory.js';

// Usage: qemu-testee.js --qemu 10.0 [--multifd]: restores each file in a QEMU of its own and says what happened.

/** Some words of QEMU's quote a name of up to 255 bytes. */
const MAX_SAYS_LENGTH = 160;

const { values } = parseArgs({
  options: { qemu: { type: 'string' }, multifd: { type: 'boolean', default: false } },
});
const version = QEMU_VERSIONS.find((known) => known === values.qemu);
if (version === undefined) throw new TypeError(`--qemu must be one of ${QEMU_VERSIONS.join(', ')}`);
const { multifd } = values;

/** Ten times what a file of 4 GiB takes, and less than a question may. */
const BUSY_MS = 40_000;

const program = findQemu(version);

await serveTestee({
  start: {
    protocol: PROTOCOL_VERSION,
    name: `qemu-${version}${multifd ? '-multifd' : ''}`,
    version: program.kind === 'found' ? program.versionText : 'missing',
    operations: ['judge'],
    judges: [{ version, multifd }],
    knows: 'destination',
  },
  run: (request) => judge(request, version),
});

async function judge(request: RunRequest, qemu: QemuVersion): Promise<AnswerBody> {
  const { destination, saved } = request;
  if (destination === undefined || saved === undefined)
    throw new TypeError('judge needs destination and saved');
  const targetProgram = findQemu(qemu, destination.target as QemuTarget);
  if (targetProgram.kind === 'missing') return { skipped: { reason: targetProgram.reason } };
  const { internalSnapshot } = request;
  if (internalSnapshot !== undefined) return judgeInDisk(request, qemu, destination, saved, internalSnapshot);
  const vm = await launch(qemu, destination);
  // A machine type that this QEMU does not have cannot be restored by it, whatever is in the file.
  if (vm instanceof QemuStartError) return { ok: { verdict: 'refused', says: firstWords(vm.message) } };
  try {
    const offset = request.streamOffset === undefined ? '' : `,offset=${request.streamOffset}`;
    const outcome = await restoreMappedRam(vm, {
      uri: `file:${request.file}${offset}`,
      capabilities: [...destination.capabilities, ...(multifd ? ['multifd'] : [])],
      ...(multifd && { parameters: { 'multifd-channels': 2 } }),
      ...(request.mappedRam === false && { mappedRam: false }),
      busyMs: BUSY_MS,
    });
    return { ok: await judgementOf(outcome, vm, destination, saved) };
  } finally {
    await vm.kill();
  }
}

/** Loads a snapshot from a copy of a disk: it is written to. A disk that QEMU cannot open is refused with all that is in it. */
async function judgeInDisk(
  { file, mappedRam }: RunRequest,
  qemu: QemuVersion,
  destination: Destination,
  saved: SavedFile | SavedMemory,
  name: string,
): Promise<AnswerBody> {
  let vm: QemuVm;
  try {
    const { target, args, files } = destination;
    vm = await launchWithDisk({ target, args, files }, { version: qemu, disk: file });
  } catch (error) {
    if (error instanceof QemuStartError)
      return { ok: { verdict: 'refused', says: firstWords(error.message) } };
    throw error;
  }
  try {
    const outcome = await loadInternalSnapshot(vm, name, { mappedRam: mappedRam !== false, busyMs: BUSY_MS });
    return { ok: await judgementOf(outcome, vm, destination, saved) };
  } finally {
    await vm.kill();
  }
}

async function judgementOf(
  outcome: MigrationOutcome,
  vm: QemuVm,
  { memory }: Destination,
  saved: SavedFile | SavedMemory,
): Promise<Judgement> {
  if (outcome.kind !== 'completed') return explain(outcome);
  const difference = await findMemoryDifference(vm, memory, saved);
  return { verdict: difference === undefined ? 'restores' : 'wrong-memory', says: difference ?? '' };
}

/** @returns the error where this QEMU has no such machine: it says nothing about the file then */
async function launch(
  qemu: QemuVersion,
  { target, args, files }: Destination,
): Promise<QemuVm | QemuStartError> {
  try {
    return await launchDestination({ target, args, files }, { version: qemu });
  } catch (error) {
    if (error instanceof QemuStartError && /unsupported machine type/.test(error.message)) return error;
    throw error;
  }
}

function explain(outcome: Exclude<MigrationOutcome, { kind: 'completed' }>): Judgement {
  switch (outcome.kind) {
    case 'failed':
      return { verdict: 'refused', says: firstWords(outcome.text) };
    case 'died':
      return { verdict: 'crashes', says: `dies of ${outcome.signal ?? `status ${outcome.code}`}` };
    case 'hung':
      return { verdict: 'crashes', says: 'hangs' };
  }
}

/**
 * The first line says what is wrong; those after it only where QEMU gave up. It may quote what is not text in the
 * file, and then not the same each time.
 */
function firstWords(text: string): string {
  return (text.split('\n')[0] ?? '')
    .replace(/^qemu-system-\w+: /, '')
    .replace(/^load of migration failed: [^:]+: /, '')
    .replace(/[^ -~]+/g, '?')
    .slice(0, MAX_SAYS_LENGTH);
}
