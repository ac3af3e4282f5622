/** The command line cannot be used as it is; the message says why. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
