import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MappedRamError } from '@mapped-ram/format';
import { digestText } from './digest-source.js';

/** Keeps a signature from counting for anything else that was signed with the same key (`ssh-keygen -n`). */
export const SIGNATURE_NAMESPACE = 'mapped-ram-seal';

/** A public key in a file of its own, in place of a file of allowed signers. */
const PUBLIC_KEY = /^(?:ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/=]+/;

/** Who an own key is taken for. */
const OWN_NAME = 'signer';

/** What is signed: the digest as `fsverity digest` prints it, and a newline. */
function message(digest: Uint8Array): string {
  return `${digestText(digest)}\n`;
}

/**
 * Signs a digest by `ssh-keygen -Y sign`, which asks for a passphrase where the key has one.
 *
 * @param key Path of a private key, or of a public one whose private one an agent has.
 * @throws MappedRamError `signature-failed`.
 */
export async function signDigest(digest: Uint8Array, key: string): Promise<string> {
  const { status, stdout, stderr } = await sshKeygen(
    ['-Y', 'sign', '-q', '-f', key, '-n', SIGNATURE_NAMESPACE],
    message(digest),
  );
  if (status === 0 && stdout.includes('BEGIN SSH SIGNATURE')) return stdout;
  throw new MappedRamError('signature-failed', { what: `ssh-keygen did not sign: ${firstLine(stderr)}` });
}

/**
 * Verifies the signature of a digest by `ssh-keygen -Y verify`.
 *
 * @param signers Path of a file of allowed signers (ssh-keygen(1)), or of one public key.
 * @returns Whose signature it is.
 * @throws MappedRamError `signature-failed` where it is not valid, or nobody's who is allowed to sign.
 */
export async function verifySignature(
  digest: Uint8Array,
  signature: string,
  signers: string,
): Promise<string> {
  if (signature === '') throw new MappedRamError('signature-failed', { what: 'the seal is not signed' });
  const folder = await mkdtemp(join(tmpdir(), 'mr-verify-'));
  try {
    const [signaturePath, signersPath] = [join(folder, 'signature'), join(folder, 'signers')];
    await writeFile(signaturePath, signature);
    await writeFile(signersPath, await allowedSigners(signers));
    const find = ['-Y', 'find-principals', '-s', signaturePath, '-f', signersPath];
    const found = await sshKeygen(find, '');
    const [principal = ''] = found.stdout.split('\n');
    if (found.status !== 0 || principal === '') throw notAllowed(signers);
    const verify = ['-Y', 'verify', '-f', signersPath, '-I', principal, '-n', SIGNATURE_NAMESPACE];
    const { status, stderr, stdout } = await sshKeygen([...verify, '-s', signaturePath], message(digest));
    if (status === 0) return principal;
    throw new MappedRamError('signature-failed', {
      what: `the signature does not fit the digest: ${firstLine(stderr || stdout)}`,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function allowedSigners(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new MappedRamError('signature-failed', {
      what: `${path} cannot be read: ${(cause as Error).message}`,
      cause,
    });
  }
  const isKey = PUBLIC_KEY.test(text) && text.trim().split('\n').length === 1;
  return isKey ? `${OWN_NAME} namespaces="${SIGNATURE_NAMESPACE}" ${text}` : text;
}

function notAllowed(signers: string): MappedRamError {
  return new MappedRamError('signature-failed', { what: `nobody in ${signers} made the signature` });
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] || 'it said nothing';
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function sshKeygen(args: readonly string[], input: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh-keygen', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', (cause) =>
      reject(
        new MappedRamError('signature-failed', { what: `ssh-keygen is not there: ${cause.message}`, cause }),
      ),
    );
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    // It may end before it has read anything.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
