import { spawn } from 'node:child_process';

/** Runs a program to its end. @returns its standard output @throws Error with the end of its standard error when it fails */
export function runCommand(
  file: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const output: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output.stdout);
      else {
        const lastLines = output.stderr.trim().split('\n').slice(-5).join('\n');
        reject(new Error(`${file} ended with ${signal ?? `status ${code}`}: ${lastLines}`));
      }
    });
  });
}
