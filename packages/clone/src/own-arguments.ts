/** Options of QEMU that a clone's arguments stand in for. */
const INCOMING = /^--?incoming$/;
const OBJECT = /^--?object$/;

/**
 * Takes out of a VM's own arguments what the clone's arguments say instead: `-incoming`, and the memory backends of the blocks that
 * are mapped. So the arguments that the snapshot's VM was started with can be used as they are.
 *
 * @param backendIds Ids of the objects that the clone brings.
 */
export function withoutReplaced(args: readonly string[], backendIds: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const [arg = '', value] = args.slice(index, index + 2);
    const isReplaced =
      INCOMING.test(arg) ||
      (OBJECT.test(arg) && value !== undefined && backendIds.has(backendId(value) ?? ''));
    if (isReplaced) index++;
    else kept.push(arg);
  }
  return kept;
}

/** Whether the VM shall stay paused when it is ready, as `-S` says. */
export function staysStopped(args: readonly string[]): boolean {
  return args.some((arg) => /^--?S$/.test(arg));
}

/** The id of a memory backend; undefined for other objects. QEMU takes both JSON and its own syntax. */
function backendId(value: string): string | undefined {
  if (value.startsWith('{')) {
    try {
      const object = JSON.parse(value) as Record<string, unknown>;
      return String(object['qom-type']).startsWith('memory-backend-') ? String(object.id) : undefined;
    } catch {
      // QEMU says what is wrong with it.
      return undefined;
    }
  }
  // Commas in values are doubled.
  const parts = value.replaceAll(',,', '\0').split(',');
  const isBackend = /^(qom-type=)?memory-backend-/.test(parts[0] ?? '');
  return isBackend ? parts.find((part) => part.startsWith('id='))?.slice('id='.length) : undefined;
}
