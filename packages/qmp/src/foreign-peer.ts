/** How programs begin that are taken for QMP now and then. */
const BEGINNINGS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [
    /^QEMU \S+ monitor|^\(qemu\)/,
    'it is QEMU’s monitor for people (-monitor); QMP is another one (-qmp unix:SOCKET,server=on,wait=off)',
  ],
  [/^(?:HTTP\/|<(?:!doctype|html))/i, 'it is a web server'],
  [/^SSH-/, 'it is an SSH server'],
  [/^RFB \d/, 'it is a VNC server'],
  [/^(?:NBDMAGIC|REDQ|QEVM)/, 'it is another of QEMU’s sockets'],
];

/** The programs of libvirt's protocol: remote, QEMU, LXC, admin, keepalive (libvirt: src/remote/*.x, src/rpc/virkeepaliveprotocol.x). */
const LIBVIRT_PROGRAMS: readonly number[] = [0x20008086, 0x20008087, 0x20008088, 0x06900690, 0x6b656570];
/** Behind the length of the message. */
const LIBVIRT_PROGRAM_AT = 4;

/** What a peer is that is no QMP, told by its first bytes; undefined where they do not tell. */
export function foreignPeer(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const isNumbered = buffer.length >= LIBVIRT_PROGRAM_AT + 4;
  if (isNumbered && LIBVIRT_PROGRAMS.includes(buffer.readUInt32BE(LIBVIRT_PROGRAM_AT))) {
    return 'it is libvirt’s own socket, and the monitor of a guest is needed';
  }
  if (buffer[0] === 0x16 && buffer[1] === 0x03) return 'it speaks TLS';
  const text = buffer.toString('latin1');
  return BEGINNINGS.find(([pattern]) => pattern.test(text))?.[1];
}
