export { findLibvirt, type LibvirtProgram, type MissingLibvirt } from './find-libvirt.js';
export { type Libvirt, startLibvirt, type VirshAnswer } from './start-libvirt.js';
