import type { VmsdStruct } from '@mapped-ram/reader';

/** The first structure of a name in a description, at any depth. */
export function findStruct(struct: VmsdStruct, name: string): VmsdStruct | undefined {
  if (struct.vmsd_name === name) return struct;
  for (const part of [
    ...(struct.fields ?? []).flatMap(({ struct: inner }) => inner ?? []),
    ...(struct.subsections ?? []),
  ]) {
    const found = findStruct(part, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
