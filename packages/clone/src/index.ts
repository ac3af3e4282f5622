export type { BlockWishes } from './block-choice.js';
export type { CloneableOptions } from './cloneable.js';
export type { CloneWarning } from './file-hazards.js';
export { type LibvirtClone, type LibvirtCloneOptions, prepareLibvirtClone } from './libvirt-clone.js';
export { type Clone, type CloneOptions, prepareClone } from './prepare-clone.js';
export { type RunningClone, type StartOptions, startClone } from './start-clone.js';
