// A testee: answers what the conformance runner asks, a JSON object a line. See PROTOCOL.md.

import { createInterface } from 'node:readline';

/** The file is not one that is read here. */
class Rejected extends Error {}

/**
 * The RAM blocks of a snapshot, in the order of the file, each as
 * { id: 'pc.ram', usedLength: 8388608, pageSize: 4096, setPages: 512, sha256: '...' }, the hash over all the memory of
 * the block, with zeros for pages whose bit is clear.
 */
async function read(_path, _streamOffset) {
  throw new Rejected('nothing is read yet');
}

async function answer({ file, streamOffset = 0 }) {
  try {
    return { ok: { blocks: await read(file, streamOffset) } };
  } catch (error) {
    if (error instanceof Rejected) return { rejected: { code: 'rejected', message: error.message } };
    return { errored: { message: String(error) } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.cmd === 'stop') break;
  const reply =
    request.cmd === 'start'
      ? { protocol: 1, name: 'NAME', version: '0.1', operations: ['read'] }
      : { seq: request.seq, ...(await answer(request)) };
  console.log(JSON.stringify(reply));
}
