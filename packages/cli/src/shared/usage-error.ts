/** The command line cannot be used as it is. The message is one line for the user, without the program's name. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
