export { findLibvirt, type LibvirtProgram, type MissingLibvirt } from './find-libvirt.js';
export { findOvmf, installOvmf, type MissingOvmf, type Ovmf } from './ovmf.js';
export { type Libvirt, startLibvirt, virshCommand } from './start-libvirt.js';
export type { VirshAnswer } from './virsh-session.js';
