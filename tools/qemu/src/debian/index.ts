export { installFolder, readInstalled } from './installed-folder.js';
export { type PackageSet, unpackPackages } from './unpack-packages.js';
