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
  // With a root directory of its own, as in a container, libvirt knows the socket by the end of the path.
  const isMonitor = (listener: string) => LIBVIRT_MONITOR.test(listener) && absolute.endsWith(listener);
  if (connectionsTo(isMonitor).accepted > 0) {
    throw new MappedRamError('qmp-taken', {
      what: `libvirt is connected to the monitor, and QEMU serves one client at a time; ${TAKE_ANOTHER}`,
    });
  }
}

/** Why nothing comes from a socket that was connected to, as far as that can be known; to be put behind a sentence. */
export function silenceRemark(path: string): string {
  const absolute = resolve(path);
  const { accepted, waiting } = connectionsTo((listener) => listener === absolute);
  if (waiting === 0) return accepted === 0 ? '' : '; what listens there says nothing';
  return accepted === 0
    ? '; what listens there lets nobody in'
    : '; somebody else is connected there, and QEMU serves one client at a time';
}

/** States of a listener's end (Linux, net/unix/af_unix.c, `unix_seq_show`). */
const ACCEPTED = '03';
const WAITING = '02';

interface Connections {
  /** Those that the listener has let in. */
  readonly accepted: number;
  /** Those that stand before it. */
  readonly waiting: number;
}

/** The connections to a socket by the path that its listener knows it by; none where the system does not tell. */
function connectionsTo(isSocket: (listener: string) => boolean): Connections {
  const states = socketLines()
    .map((line) => line.split(' ').filter((word) => word !== ''))
    .filter(([, , , , , , , ...rest]) => isSocket(rest.join(' ')))
    .map(([, , , , , state]) => state);
  const count = (wanted: string) => states.filter((state) => state === wanted).length;
  return { accepted: count(ACCEPTED), waiting: count(WAITING) };
}

function socketLines(): string[] {
  try {
    return readFileSync('/proc/net/unix', 'latin1').split('\n');
  } catch {
    return [];
  }
}
