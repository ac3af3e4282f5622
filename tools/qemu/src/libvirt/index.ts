export { findLibvirt, type LibvirtProgram, type MissingLibvirt } from './find-libvirt.js';
export { findOvmf, installOvmf, type MissingOvmf, type Ovmf } from './ovmf.js';
export { type Libvirt, startLibvirt, type VirshAnswer, virshCommand } from './start-libvirt.js';
