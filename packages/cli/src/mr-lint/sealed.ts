/** What only a file with a seal needs, which is loaded only then. */
export { SealedReading } from '@mapped-ram/pack/file';
