import { execFileSync } from 'node:child_process';

/**
 * Whether a program is there.
 *
 * @param args Something harmless that it ends well with; `--version` if not given.
 */
export function hasProgram(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args.length === 0 ? ['--version'] : args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
