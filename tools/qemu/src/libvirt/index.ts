export { findLibvirt, type LibvirtProgram, type MissingLibvirt } from './find-libvirt.js';
export { type Libvirt, startLibvirt, type VirshAnswer, virshCommand } from './start-libvirt.js';
