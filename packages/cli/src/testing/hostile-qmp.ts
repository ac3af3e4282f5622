import type { Duplex } from 'node:stream';

/** A command as a peer gets it. */
interface Command {
  readonly execute: string;
  readonly id: number;
}

/** What a mode does with a connection. */
interface Peer {
  send(text: string | Uint8Array): void;
  /** The answer that QEMU would give. */
  answer(command: Command): void;
  hangUp(): void;
  /** Sends the same without end, as fast as it is taken. */
  flood(text: string): void;
}

/** One way in which a peer is no QEMU. */
export interface HostileMode {
  readonly name: string;
  /** The code of the error: `closed` where the peer hangs up, which is worded by what was going on. */
  readonly code: 'bad-qmp-message' | 'bad-qmp-result' | 'qmp-refused' | 'qmp-timeout' | 'closed';
  /** What comes at the start; QEMU's greeting where not given. */
  readonly greet?: (peer: Peer) => void;
  /** What comes for a command, until it says that it did nothing. Negotiation is such a one too. */
  readonly hear?: (command: Command, peer: Peer) => void;
}

const GREETING =
  '{"QMP": {"version": {"qemu": {"micro": 13, "minor": 0, "major": 10}, "package": "Debian"}, "capabilities": ["oob"]}}\r\n';

const NEGOTIATION = 'qmp_capabilities';

const sends = (text: string | Uint8Array) => (peer: Peer) => peer.send(text);

/** Negotiates as QEMU does, and is hostile with every command after it. */
const afterwards =
  (hear: (command: Command, peer: Peer) => void) =>
  (command: Command, peer: Peer): void =>
    command.execute === NEGOTIATION ? peer.answer(command) : hear(command, peer);

/** Returns something for every command; and says that the migration failed, to whom waits for that. */
const returns = (json: string) =>
  afterwards(({ execute, id }, peer) => {
    peer.send(`{"return": ${json}, "id": ${id}}\r\n`);
    if (execute === 'migrate-incoming') peer.send(FAILED);
  });

const FAILED = '{"event": "MIGRATION", "data": {"status": "failed"}}\r\n';

const says = (text: (id: number) => string | Uint8Array) => afterwards(({ id }, peer) => peer.send(text(id)));

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

const timeout = 'qmp-timeout';
const message = 'bad-qmp-message';
const result = 'bad-qmp-result';

/** Every way. Each needs an answer of the client that is one line. */
export const hostileModes: readonly HostileMode[] = [
  // Instead of a greeting.
  { name: 'silent', code: timeout, greet: () => {} },
  { name: 'no end of the line', code: timeout, greet: sends(GREETING.trimEnd()) },
  { name: 'carriage returns alone', code: timeout, greet: sends(GREETING.replace('\n', '')) },
  { name: 'half a character', code: timeout, greet: sends(Uint8Array.of(0x7b, 0x22, 0xe2, 0x82)) },
  { name: 'hangs up', code: 'closed', greet: (peer) => peer.hangUp() },
  {
    name: 'hangs up in a line',
    code: 'closed',
    greet(peer) {
      peer.send('{"QMP": {"vers');
      peer.hangUp();
    },
  },
  {
    name: 'an endless line',
    code: message,
    greet(peer) {
      peer.send('{"QMP": "');
      peer.flood('a'.repeat(65_536));
    },
  },
  { name: 'endless digits', code: message, greet: (peer) => peer.flood('1'.repeat(65_536)) },
  { name: 'null', code: message, greet: sends('null\r\n') },
  { name: 'a greeting of null', code: message, greet: sends('{"QMP": null}\r\n') },
  { name: 'a number without an end', code: message, greet: sends('5') },
  { name: 'a list', code: message, greet: sends('[]\r\n') },
  { name: 'an empty object', code: message, greet: sends('{}\r\n') },
  { name: 'what is no JSON', code: message, greet: sends('{"QMP": tru}\r\n') },
  {
    name: 'a web server',
    code: message,
    greet: sends('HTTP/1.1 400 Bad Request\r\nServer: \u001b[31m\r\n\r\n'),
  },
  {
    name: 'libvirt',
    code: message,
    greet: sends(Uint8Array.of(0, 0, 0, 28, 0x20, 0, 0x80, 0x86, 0, 0, 0, 1, 0, 0, 0, 66)),
  },
  {
    name: 'the monitor for people',
    code: message,
    greet: sends("QEMU 10.0.13 monitor - type 'help' for more information\r\n(qemu) "),
  },
  { name: 'messages over several lines', code: message, greet: sends('{\r\n    "QMP": {\r\n') },
  { name: 'NUL bytes', code: message, greet: sends(new Uint8Array(64)) },
  { name: 'a NUL byte in a text', code: message, greet: sends(GREETING.replace('Debian', '\0')) },
  {
    name: 'no UTF-8',
    code: message,
    greet: sends(Buffer.from(GREETING.replace('Debian', '\u00ff'), 'latin1')),
  },
  { name: 'a deep greeting', code: message, greet: sends(`{"QMP": ${deep(100_000)}}\r\n`) },
  {
    name: 'a version that is none',
    code: message,
    greet: sends(GREETING.replace('10', '"\u001b]0;x\u0007"')),
  },
  { name: 'a version beyond numbers', code: message, greet: sends(GREETING.replace('10', '1e999')) },
  {
    name: 'a greeting of the prototype',
    code: message,
    greet: sends(`{"__proto__": ${GREETING.trimEnd()}}\r\n`),
  },
  { name: 'an event first', code: message, greet: sends('{"event": "STOP"}\r\n') },
  { name: 'an answer first', code: message, greet: sends('{"return": {}, "id": 1}\r\n') },
  { name: 'two greetings', code: message, greet: sends(`${GREETING}${GREETING}`) },
  // In the negotiation.
  {
    name: 'refuses to negotiate',
    code: 'qmp-refused',
    hear: ({ id }, peer) =>
      peer.send(
        `{"error": {"class": "CommandNotFound", "desc": "no\\u001b[2J\\r\\nnot you"}, "id": ${id}}\r\n`,
      ),
  },
  { name: 'hangs up at the negotiation', code: 'closed', hear: (_, peer) => peer.hangUp() },
  { name: 'silent after the greeting', code: timeout, hear: () => {} },
  {
    name: 'answers the negotiation to another',
    code: message,
    hear: (_, peer) => peer.send('{"return": {}, "id": 7}\r\n'),
  },
  // Later.
  { name: 'silent after the negotiation', code: timeout, hear: afterwards(() => {}) },
  { name: 'hangs up after the negotiation', code: 'closed', hear: afterwards((_, peer) => peer.hangUp()) },
  {
    name: 'hangs up in an answer',
    code: 'closed',
    hear: afterwards((_, peer) => {
      peer.send('{"return": ');
      peer.hangUp();
    }),
  },
  {
    name: 'refuses with orders for the terminal',
    code: 'qmp-refused',
    hear: says(
      (id) =>
        `{"error": {"class": "GenericError", "desc": "\\u001b]0;x\\u0007\\n\\u009b2J\\u202e"}, "id": ${id}}\r\n`,
    ),
  },
  {
    name: 'refuses with a megabyte',
    code: 'qmp-refused',
    hear: says(
      (id) => `{"error": {"class": "GenericError", "desc": "${'no '.repeat(350_000)}"}, "id": ${id}}\r\n`,
    ),
  },
  {
    name: 'an error without a class',
    code: message,
    hear: says((id) => `{"error": {"desc": "x"}, "id": ${id}}\r\n`),
  },
  { name: 'an error of null', code: message, hear: says((id) => `{"error": null, "id": ${id}}\r\n`) },
  {
    name: 'an error without an id',
    code: message,
    hear: says(() => '{"error": {"class": "GenericError", "desc": "JSON\\n"}}\r\n'),
  },
  { name: 'an answer without an id', code: message, hear: says(() => '{"return": {}}\r\n') },
  { name: 'an id that is a text', code: message, hear: says((id) => `{"return": {}, "id": "${id}"}\r\n`) },
  { name: 'an id beyond numbers', code: message, hear: says(() => '{"return": {}, "id": 1e999}\r\n') },
  { name: 'another id', code: message, hear: says((id) => `{"return": {}, "id": ${id + 1000}}\r\n`) },
  {
    name: 'an answer twice',
    code: message,
    hear: (command, peer) => {
      peer.answer(command);
      peer.answer(command);
    },
  },
  { name: 'returns null', code: result, hear: returns('null') },
  { name: 'returns a text', code: result, hear: returns('"\\u001b[31myes"') },
  { name: 'returns a list', code: result, hear: returns('[null]') },
  { name: 'returns what is beyond numbers', code: result, hear: returns('1e999') },
  {
    name: 'returns a prototype',
    code: result,
    hear: returns('{"__proto__": {"running": true, "status": "running"}}'),
  },
  { name: 'a deep answer', code: message, hear: says((id) => `{"return": ${deep(2_000)}, "id": ${id}}\r\n`) },
  {
    name: 'an answer that is no UTF-8',
    code: message,
    hear: says(() => Buffer.from('{"return": "\u00ff"}\r\n', 'latin1')),
  },
  {
    name: 'an endless answer',
    code: message,
    hear: afterwards(({ id }, peer) => {
      peer.send(`{"id": ${id}, "return": "`);
      peer.flood('a'.repeat(65_536));
    }),
  },
  {
    name: 'a flood of events',
    code: timeout,
    hear: afterwards((_, peer) => peer.flood('{"event": "STOP"}\r\n'.repeat(1_000))),
  },
  { name: 'an event of null', code: message, hear: says(() => '{"event": null}\r\n') },
  {
    name: 'an event with a number',
    code: message,
    hear: says(() => '{"event": "MIGRATION", "data": 5}\r\n'),
  },
  {
    name: 'events with names of the language',
    code: 'qmp-refused',
    hear: says((id) => {
      const names = ['error', 'newListener', 'removeListener', '__proto__', 'constructor', 'toString'];
      const events = names.map((name) => `{"event": "${name}", "data": {"status": 1}}\r\n`).join('');
      return `${events}{"error": {"class": "GenericError", "desc": "that is all"}, "id": ${id}}\r\n`;
    }),
  },
];

/** Plays a peer over a connection. */
export function playHostile({ greet = sends(GREETING), hear }: HostileMode, stream: Duplex): void {
  const peer: Peer = {
    send: (text) => void stream.write(text),
    answer: ({ id }) => void stream.write(`{"return": {}, "id": ${id}}\r\n`),
    hangUp: () => void stream.end(),
    flood(text) {
      const more = (): void => {
        while (!stream.destroyed && stream.write(text));
      };
      stream.on('drain', more);
      more();
    },
  };
  // Whoever is flooded hangs up.
  stream.on('error', () => stream.destroy());
  stream.once('end', () => stream.destroy());
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear?.(JSON.parse(line) as Command, peer);
  });
  greet(peer);
}
