export { type CachedSource, type CachedSourceOptions, cachedSource } from './sources/cached-source.js';
