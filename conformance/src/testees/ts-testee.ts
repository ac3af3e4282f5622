import { MappedRamError } from '@mapped-ram/format';
import { lintSource, type QemuVersion } from '@mapped-ram/lint';
import { openFileSource } from '@mapped-ram/reader/file';
import { PROTOCOL_VERSION, type RunRequest } from '../protocol/messages.js';
import { type AnswerBody, serveTestee } from '../protocol/serve.js';
import { readContents } from '../vector/contents.js';

// Usage: ts-testee.js [--quick]: our own reader and linter. --quick judges without reading pages.

const deep = !process.argv.includes('--quick');

await serveTestee({
  start: {
    protocol: PROTOCOL_VERSION,
    name: deep ? 'ts' : 'ts-quick',
    version: '0.0.0',
    operations: deep ? ['judge', 'read'] : ['judge'],
    judges: ['10.0', '11.1'].flatMap((version) => [
      { version, multifd: false },
      { version, multifd: true },
    ]),
    knows: 'file',
  },
  run: (request) => (request.operation === 'judge' ? judge(request) : read(request)),
});

async function judge(request: RunRequest): Promise<AnswerBody> {
  const { qemu } = request;
  if (qemu === undefined) throw new TypeError('judge needs qemu');
  const source = await openFileSource(request.file);
  try {
    const report = await lintSource(source, {
      qemu: qemu.version as QemuVersion,
      multifd: qemu.multifd,
      deep,
      ...offsetOption(request),
    });
    const reached = report.findings.filter((finding) => finding.reached);
    const rules = reached.map(({ rule, severity }) => ({ id: rule, severity }));
    // Rules that read pages are silent in a quick run, so it is asked for its verdict alone.
    return { ok: { verdict: report.verdict, says: '', ...(deep && { rules }) } };
  } finally {
    await source.close();
  }
}

async function read(request: RunRequest): Promise<AnswerBody> {
  const source = await openFileSource(request.file);
  try {
    return { ok: { blocks: await readContents(source, offsetOption(request)) } };
  } catch (error) {
    if (!(error instanceof MappedRamError) || error.code === 'read-failed') throw error;
    return { rejected: { code: error.code, message: error.message } };
  } finally {
    await source.close();
  }
}

function offsetOption({ streamOffset }: RunRequest): { streamOffset?: number } {
  return streamOffset === undefined ? {} : { streamOffset };
}
