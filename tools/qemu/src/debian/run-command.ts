import { spawn } from 'node:child_process';

/** Runs a program in a folder to its end. @throws Error with the end of its standard error when it fails */
export function runCommand(folder: string, file: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    let messages = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      messages += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else {
        const lastLines = messages.trim().split('\n').slice(-5).join('\n');
        reject(new Error(`${file} ended with ${signal ?? `status ${code}`}: ${lastLines}`));
      }
    });
  });
}
