import { list, type QmpClient, record, shape, text } from '@mapped-ram/qmp';
import { askIfKnown, textProperty } from './qom.js';

/** The processors of a QEMU. */
export interface DescribedProcessor {
  readonly count: number;
  /** As `-cpu` calls the model. */
  readonly model?: string;
  /** What an x86 processor can do: `cpuid 0x1 ecx 0x80002001`. */
  readonly features?: readonly string[];
}

/** More than x86 has. */
const MAX_WORDS = 256;

const processors = list(shape({ 'qom-path': text }));

/**
 * Asks a QEMU for the model of its processors, and on x86 for their features.
 *
 * @param arch the suffix of `qemu-system-`
 */
export async function describeProcessor(qmp: QmpClient, arch: string): Promise<DescribedProcessor> {
  const all = (await askIfKnown(qmp, 'query-cpus-fast', {}, processors)) ?? [];
  const path = all[0]?.['qom-path'];
  if (path === undefined) return { count: all.length };
  const type = await textProperty(qmp, path, 'type');
  const words = await askIfKnown(qmp, 'qom-get', { path, property: 'feature-words' }, list(record));
  return {
    count: all.length,
    ...(type !== undefined && { model: modelOf(type, arch) }),
    ...(words !== undefined && { features: words.slice(0, MAX_WORDS).map(wordText) }),
  };
}

/** `qemu64-x86_64-cpu`; of ppc64 and s390x the target's name is another. */
function modelOf(type: string, arch: string): string {
  const suffix = `-${arch}-cpu`;
  return type.endsWith(suffix) ? type.slice(0, -suffix.length) : type.replace(/-[a-z0-9_]+-cpu$/, '');
}

function wordText(word: Record<string, unknown>): string {
  const number = (key: string): string => `0x${(Number(word[key]) || 0).toString(16)}`;
  const register = String(word['cpuid-register'] ?? '')
    .toLowerCase()
    .slice(0, 8);
  return `cpuid ${number('cpuid-input-eax')} ${register} ${number('features')}`;
}
