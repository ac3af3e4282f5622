import type { Terminal } from '../shared/terminal.js';

/** A terminal that keeps what is written to it. */
export interface MemoryTerminal extends Terminal {
  readonly out: string;
  readonly err: string;
}

/** @param options Whether both streams are terminals, their width, and the environment. */
export function memoryTerminal(
  options: { isTTY?: boolean; columns?: number; env?: NodeJS.ProcessEnv } = {},
): MemoryTerminal {
  const { env = {}, ...stream } = options;
  let out = '';
  let err = '';
  return {
    stdout: {
      ...stream,
      write: (text) => {
        out += text;
      },
    },
    stderr: {
      ...stream,
      write: (text) => {
        err += text;
      },
    },
    env,
    get out() {
      return out;
    },
    get err() {
      return err;
    },
  };
}
