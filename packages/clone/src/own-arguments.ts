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

/** The secret with which libvirt encrypts others for a QEMU, in a file of that very start. */
const MASTER_KEY = /(?:"id":"|id=)masterKey0\b/;
/** A socket that libvirt has opened. */
const HANDED_SOCKET = /(?:^|,)fd=\d+/;

/** A monitor on one of these sockets: libvirt 11.3 makes it with `-mon`, 12.9 as an object. */
function isMonitorOn(arg: string, value: string, sockets: ReadonlySet<string>): boolean {
  const isMonitor = /^--?mon$/.test(arg) || (OBJECT.test(arg) && /(?:"qom-type":"|^|=)monitor-/.test(value));
  const chardev = /(?:"chardev":"|(?:^|,)chardev=)([^",]+)/.exec(value)?.[1];
  return isMonitor && chardev !== undefined && sockets.has(chardev);
}

/**
 * Takes out of arguments that libvirt gave to a QEMU, as they stand in its log, what only libvirt can hand over: descriptors
 * (`-add-fd`), its master key, and its monitor with the socket. `-S` goes too: libvirt starts every QEMU so, and lets it go on over its monitor. Arguments
 * that are not libvirt's stay as they are.
 *
 * @returns What is left, and what was taken out.
 */
export function withoutLibvirtsOwn(args: readonly string[]): { kept: string[]; leftOut: string[] } {
  const isLibvirts = args.some(
    (arg, index) => /^--?object$/.test(args[index - 1] ?? '') && MASTER_KEY.test(arg),
  );
  if (!isLibvirts) return { kept: [...args], leftOut: [] };
  const monitors = new Set<string>();
  const kept: string[] = [];
  const leftOut: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const [arg = '', value = ''] = args.slice(index, index + 2);
    if (/^--?S$/.test(arg)) {
      leftOut.push(arg);
      continue;
    }
    const isMonitorSocket = /^--?chardev$/.test(arg) && HANDED_SOCKET.test(value);
    if (isMonitorSocket) monitors.add(/(?:^|,)id=([^,]+)/.exec(value)?.[1] ?? '');
    const isOwn =
      /^--?add-fd$/.test(arg) ||
      (OBJECT.test(arg) && MASTER_KEY.test(value)) ||
      isMonitorSocket ||
      isMonitorOn(arg, value, monitors);
    if (isOwn) {
      leftOut.push(`${arg} ${value}`);
      index++;
    } else kept.push(arg);
  }
  return { kept, leftOut };
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
