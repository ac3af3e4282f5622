import { listInternalSnapshots } from '@mapped-ram/containers';
import type { PlannedEdit } from './edited-copy.js';
import { type Comparison, differsInDeviceMemory, judgeCases, restoresWhatItHolds } from './judge.js';
import { type FuzzCase, imageOf } from './plan-case.js';

/** A reason why nobody who has only the file can know what QEMU does with it, and when it is the reason. */
interface KnowledgeRule {
  readonly id: string;
  /** Who knows better, and what. */
  readonly why: string;
  applies(comparison: Comparison): boolean | Promise<boolean>;
}

/** Whether the sections of the undamaged file have footers. */
const hasFooters = ({ base }: FuzzCase): boolean =>
  base.places.model.sections.some((section) => section.kind !== 'command' && section.footer !== undefined);

/** Whether the linter says that the contents of device states could not be checked. */
const isUnchecked = ({ rules }: Comparison): boolean => rules.includes('device-state-not-checked');

/** Whether a fault changes values of a device's state; without footers, one of its length does so too, in all that follows. */
function changesValues(mutator: string, rules: readonly string[]): boolean {
  const isOfLength = mutator === 'device state byte inserted or removed' && rules.includes('footers-absent');
  return isOfLength || mutator === 'device state byte changed';
}

/**
 * What only the destination knows, by what can be seen of it: QEMU's own words, and what the linter said it could not
 * check. A file that QEMU restores is excused by none of them: see {@link restoredKnowledge}.
 */
export const knowledgeRules: readonly KnowledgeRule[] = [
  {
    id: 'machine',
    why: 'the machine type is a plausible one, and not the destination’s',
    applies: ({ says }) => says.includes('Machine type received is'),
  },
  {
    id: 'settings',
    why: 'whether the destination expects a configuration section, or footers, is not in the file',
    applies: ({ says, rules, fuzzCase }) =>
      says.startsWith('Configuration section missing') ||
      (rules.includes('footer-missing') && !hasFooters(fuzzCase)) ||
      (rules.includes('footers-absent') && says.startsWith('Missing section footer')) ||
      // Then the first header alone tells that the stream is a mapped-ram one, and that is damaged.
      (rules.includes('configuration-missing') && rules.includes('not-mapped-ram')),
  },
  {
    id: 'uuid',
    why: 'the UUID is not the destination’s',
    applies: ({ says }) => says.includes('UUID received is'),
  },
  {
    id: 'block-names',
    why: 'the name of a block is a plausible one, and not of the destination’s',
    applies: ({ says }) => /^Unknown ramblock "[ -~]+"/.test(says),
  },
  {
    id: 'block-lengths',
    why: 'the length of a block is a plausible one, and not of the destination’s',
    applies: ({ says }) => /^Size mismatch: |^page outside of ramblock /.test(says),
  },
  {
    id: 'devices',
    why: 'the name, instance or version of a device state is a plausible one that nothing in the file contradicts',
    applies: (comparison) =>
      isUnchecked(comparison) &&
      /^(Unknown (savevm )?section or instance|(savevm: )?unsupported version)/.test(comparison.says),
  },
  {
    id: 'device-layout',
    why: 'without a description of it nobody but the device knows how long its state is',
    applies: (comparison) => isUnchecked(comparison) && comparison.actual === 'refused',
  },
  {
    id: 'device-fields',
    why: 'what a device makes of a value in its state is known to its code alone',
    applies: ({ says, actual, rules, fuzzCase }) =>
      (actual === 'crashes' || /error while loading state|Failed to load|post_load|Invalid/i.test(says)) &&
      fuzzCase.faults.some(({ mutator }) => changesValues(mutator, rules)),
  },
  {
    id: 'host-memory',
    why: 'whether the host can allocate so much at once is not in the file',
    applies: ({ rules, says }) =>
      rules.includes('bitmap-too-large') && /^(dies of SIGTRAP|Error reading dirty bitmap)$/.test(says),
  },
  {
    id: 'device-memory',
    why: 'a ROM that the file does not restore whole keeps what the destination has there',
    applies: ({ predicted, actual, says }) =>
      predicted === 'restores' && actual === 'wrong-memory' && differsInDeviceMemory(says),
  },
  {
    id: 'device-abort',
    why: 'a device that is given what is not its state may end QEMU instead of refusing it, as its code has it',
    applies: (comparison) =>
      comparison.says === 'dies of SIGABRT' &&
      (isUnchecked(comparison) ||
        (comparison.predicted === 'refused' && comparison.rules.includes('device-state-mismatch'))),
  },
  {
    id: 'disk-unread',
    why: 'a disk image that is refused may also end QEMU, or give something else than was saved',
    applies: ({ fuzzCase, rules, predicted }) =>
      fuzzCase.base.form === 'qcow2' && predicted === 'refused' && rules.length === 0,
  },
  {
    id: 'snapshot-id',
    why: 'QEMU goes by the names of snapshots, and the linter takes an id too',
    applies: async ({ says, fuzzCase }) => {
      const { internalSnapshot } = fuzzCase.base;
      if (internalSnapshot === undefined || !says.endsWith('does not exist in one or more devices'))
        return false;
      const snapshots = await listInternalSnapshots(imageOf(fuzzCase));
      return !snapshots.some(({ name }) => name === internalSnapshot);
    },
  },
  {
    id: 'contents',
    why: 'QEMU restores what the file holds, and only who knows the saved memory can tell that it is something else',
    applies: async (comparison) =>
      comparison.predicted === 'restores' &&
      comparison.actual === 'wrong-memory' &&
      ((await restoresWhatItHolds(comparison)) || (await isFaultOfContents(comparison))),
  },
];

/** Whether one of several faults alone changes what the file holds, and the others only keep a reader from telling. */
async function isFaultOfContents({ fuzzCase, against }: Comparison): Promise<boolean> {
  if (fuzzCase.faults.length === 1) return false;
  const alone = fuzzCase.faults.map((fault, index) => ({
    ...fuzzCase,
    id: `${fuzzCase.id}-fault-${index}`,
    faults: [fault],
  }));
  for (const comparison of (await judgeCases(alone, [against])).comparisons) {
    const { predicted, actual } = comparison;
    const isWrong = predicted === 'restores' && actual === 'wrong-memory';
    if (isWrong && (await restoresWhatItHolds(comparison))) return true;
  }
  return false;
}

/** What keeps a file that QEMU restores rightly from being known as such. */
const zeroPagesMissing: KnowledgeRule = {
  id: 'zero-pages-missing',
  why: 'pages of which nothing came were zero when they were saved, as memory is where QEMU was just started',
  applies: ({ fuzzCase, predicted, actual, rules }) =>
    fuzzCase.base.mappedRam === false &&
    predicted === 'wrong-memory' &&
    actual === 'restores' &&
    rules.includes('classic-pages-missing'),
};

/** What QEMU restores without the devices whose state it did not come to: only memory is compared. */
const devicesLost: KnowledgeRule = {
  id: 'devices-lost',
  why: 'a zero in a state of another length, in a stream without footers, is an end to QEMU: it completes, and the devices behind it are not restored',
  applies: ({ fuzzCase, predicted, rules }) =>
    predicted === 'refused' &&
    rules.includes('footer-missing') &&
    !hasFooters(fuzzCase) &&
    fuzzCase.faults.some(({ mutator }) => mutator === 'device state byte inserted or removed'),
};

/** Offset of `l1_table_offset` in the header of a disk image (docs/interop/qcow2.rst of QEMU). */
const ACTIVE_L1_FIELD = 40;

/** A table that lies where ext4 has no files, and tmpfs and XFS have. */
const longFiles: KnowledgeRule = {
  id: 'long-files',
  why: 'QEMU writes to the disk where it loads from it, and how long a file may be is for the file system to say',
  applies: ({ fuzzCase, predicted, rules }) => {
    if (fuzzCase.base.form !== 'qcow2' || predicted !== 'refused' || rules.length > 0) return false;
    const field = imageOf(fuzzCase).bytes(ACTIVE_L1_FIELD, 8);
    return new DataView(field.buffer, field.byteOffset).getBigUint64(0) >= 1n << 44n;
  },
};

/** Of an entry of level 2: where the cluster lies (docs/interop/qcow2.rst of QEMU). From the other on, the place of its count may be one of 2^32 that QEMU takes for the same. */
const CLUSTER_OFFSET_MASK = 0x00ff_ffff_ffff_fe00n;
const WRAPPED_FROM = 1n << 49n;

/** A cluster so far behind that QEMU counts a reference to another one. */
const wrappedCounts: KnowledgeRule = {
  id: 'wrapped-counts',
  why: 'QEMU numbers blocks of reference counts in 32 bits, and so counts a reference to a cluster that lies in no file as one to another',
  applies: ({ fuzzCase, predicted, rules }) =>
    fuzzCase.base.form === 'qcow2' &&
    predicted === 'refused' &&
    rules.length === 0 &&
    fuzzCase.faults.some(({ mutator, edits }) => mutator === 'entry of level 2 changed' && edits.some(isFar)),
};

function isFar(edit: PlannedEdit): boolean {
  return edit.op === 'patch' && (BigInt(`0x${edit.hex}`) & CLUSTER_OFFSET_MASK) >= WRAPPED_FROM;
}

/** The same, of what QEMU restores. */
export const restoredKnowledge: readonly KnowledgeRule[] = [
  zeroPagesMissing,
  devicesLost,
  longFiles,
  wrappedCounts,
];

/** The rule that explains why the prediction could not be right; undefined where none does. */
export async function explain(comparison: Comparison): Promise<KnowledgeRule | undefined> {
  const rules = comparison.actual === 'restores' ? restoredKnowledge : knowledgeRules;
  for (const rule of rules) if (await rule.applies(comparison)) return rule;
  return undefined;
}
