/** How the process ends. Of several files the highest counts. */
export const ExitStatus = {
  /** No file has an error. */
  ok: 0,
  /** A file has an error. */
  errorsFound: 1,
  /** Two files are not the same. */
  differ: 1,
  /** A file or an option could not be used. */
  unusable: 2,
  /** Interrupted from the keyboard (128 + SIGINT, as shells count). */
  interrupted: 130,
} as const;

export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];
