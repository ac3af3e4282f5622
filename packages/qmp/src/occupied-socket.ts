import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MappedRamError } from '@mapped-ram/format/errors';
import { badMessage } from './qmp-error.js';

/** The sockets of libvirt's own programs, which say nothing until they are asked (libvirt: src/remote/remote_sockets.c). */
const LIBVIRT_SOCKET = /\/libvirt\/(?:libvirt|virt\w+d)(?:-admin)?-sock(?:-ro)?$/;
/** The monitor of a guest of libvirt, to which libvirt stays connected (libvirt: src/qemu/qemu_process.c). */
const LIBVIRT_MONITOR = /\/libvirt\/qemu\/(?:lib\/)?domain-[^/]+\/monitor\.sock$/;

const TAKE_ANOTHER = 'give the guest a monitor of its own (-qmp in <qemu:commandline>)';

/**
 * Tells at once of sockets on which nothing would ever come, by their names and by who is connected.
 *
 * @throws MappedRamError `bad-qmp-message`, `qmp-taken`
 */
export function refuseOccupied(path: string): void {
  const absolute = resolve(path);
  if (LIBVIRT_SOCKET.test(absolute)) {
    throw badMessage(`it is libvirt’s own socket; ${TAKE_ANOTHER}`);
  }
  if (LIBVIRT_MONITOR.test(absolute) && isConnected(absolute)) {
    throw new MappedRamError('qmp-taken', {
      what: `libvirt is connected to the monitor, and QEMU serves one client at a time; ${TAKE_ANOTHER}`,
    });
  }
}

/** Why nothing comes from a socket, as far as that can be known; to be put behind a sentence. */
export function silenceRemark(path: string): string {
  return isConnected(resolve(path))
    ? '; somebody else is connected there, and QEMU serves one client at a time'
    : '; QEMU serves one client at a time, so another may be connected';
}

const CONNECTED = '03';

/** Whether the listener of a socket has let somebody in: a connection that waits has another state (Linux, net/unix/af_unix.c). */
function isConnected(path: string): boolean {
  try {
    return readFileSync('/proc/net/unix', 'latin1')
      .split('\n')
      .some((line) => {
        const [, , , , , state, , ...rest] = line.split(' ').filter((word) => word !== '');
        return state === CONNECTED && rest.join(' ') === path;
      });
  } catch {
    return false;
  }
}
