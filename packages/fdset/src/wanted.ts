import { constants } from 'node:fs';
import type { DescriptorFacts } from './descriptor-facts.js';
import type { FdsetChannel } from './finding.js';

/** What a set is for. */
export type FdsetRole = 'save' | 'load';

/** What one channel looks for in a set. */
export interface Wanted {
  readonly role: FdsetRole;
  readonly channel: FdsetChannel;
  readonly access: 'read' | 'write';
  readonly direct: boolean;
}

/** The main channel never uses direct I/O; the multifd channels do when it is on. */
export function wantedBy(role: FdsetRole, channel: FdsetChannel, directIo: boolean): Wanted {
  const access = role === 'save' ? 'write' : 'read';
  return { role, channel, access, direct: directIo && channel === 'multifd' };
}

/** Whether QEMU takes the descriptor. O_RDWR is neither of the two access modes that it asks for. */
export function fits(descriptor: DescriptorFacts, { access, direct }: Wanted): boolean {
  return descriptor.access === access && descriptor.direct === direct;
}

/** The flags as QEMU's error shows them, in this machine's numbers. */
export function wantedFlags({ role, channel, access, direct }: Wanted): number {
  const { O_CREAT, O_DIRECT, O_RDONLY, O_WRONLY } = constants;
  const create = role === 'save' && channel === 'main' ? O_CREAT : 0;
  return (access === 'write' ? O_WRONLY : O_RDONLY) | create | (direct ? O_DIRECT : 0);
}

/** The flags in words, such as `O_WRONLY | O_DIRECT`, for people who have to open such a descriptor. */
export function wantedInWords({ access, direct }: Wanted): string {
  return `${access === 'write' ? 'O_WRONLY' : 'O_RDONLY'}${direct ? ' | O_DIRECT' : ''}`;
}
