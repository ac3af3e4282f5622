import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { SerialConsole } from './serial-console.js';

it('waits for the last byte of what says that a command is done', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'serial-console-'));
  const path = join(folder, 'serial');
  const guest = createServer(async (socket) => {
    for await (const command of socket) {
      socket.write(`said ${command}done-`);
      await after(100);
      socket.write('0\r\n');
    }
  });
  await new Promise<void>((resolve) => guest.listen(path, resolve));
  try {
    const console = await SerialConsole.connect(path);
    expect(await console.run('one')).toBe('said one');
    expect(await console.run('two')).toBe('said two');
    await expect(console.waitFor('three', 0)).rejects.toThrow('did not say three, but: said two');
    console.close();
  } finally {
    guest.close();
    rmSync(folder, { recursive: true });
  }
});
