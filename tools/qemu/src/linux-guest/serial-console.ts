import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

/** What the guest says after each command, to its last byte: what came of it later would be taken for the next one's. */
const DONE = /done-\d+\r?\n/;

/** Longer than a guest takes for anything on the busiest machine, and less than a test may. */
const PATIENCE_MS = 480_000;

/** The serial line of a guest, by QEMU's socket (\`-serial unix:PATH,server=on,wait=off\`). */
export class SerialConsole {
  readonly #socket: Socket;
  #text = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
    });
    socket.on('error', () => {});
  }

  static async connect(path: string): Promise<SerialConsole> {
    const socket = createConnection(path);
    await once(socket, 'connect');
    return new SerialConsole(socket);
  }

  /** All that came until now. */
  get text(): string {
    return this.#text;
  }

  /** Waits until a text has come. @throws Error with the last lines when the guest hangs up before, or does not come to it */
  async waitFor(wanted: string | RegExp, patienceMs = PATIENCE_MS): Promise<void> {
    const end = performance.now() + patienceMs;
    while (this.#text.search(wanted) === -1) {
      if (this.#socket.closed || performance.now() > end) {
        throw new Error(`the guest did not say ${wanted}, but: ${this.#text.slice(-500)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Runs a command in the guest. @returns what it printed */
  async run(command: string): Promise<string> {
    this.#text = '';
    this.#socket.write(`${command}\n`);
    await this.waitFor(DONE);
    return this.#text.slice(0, this.#text.search(DONE)).replaceAll('\r', '').trim();
  }

  close(): void {
    this.#socket.destroy();
  }
}
