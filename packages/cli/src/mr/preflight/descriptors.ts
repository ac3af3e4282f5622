import type { DescriptorReference } from '@mapped-ram/fdset';
import { UsageError } from '../../shared/usage-error.js';

const DESCRIPTOR = /^(?:(\d{1,9}):)?(\d{1,9})$/;

/** A value of `--fd`: a descriptor of this process, or `PID:FD`. @throws UsageError */
export function toDescriptor(value: string): DescriptorReference {
  const [, pid, fd] = DESCRIPTOR.exec(value) ?? [];
  if (fd === undefined)
    throw new UsageError(`--fd cannot be ${JSON.stringify(value)}: give a number, or PID:FD`);
  return pid === undefined ? Number(fd) : { pid: Number(pid), fd: Number(fd) };
}
