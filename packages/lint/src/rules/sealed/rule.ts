import type { Rule } from '../../rule.js';

export const sealedRule: Rule = {
  id: 'sealed',
  title: 'The file has a seal',
  severity: 'note',
  needs: 'headers',
  clauses: ['SEAL-1', 'SEAL-5', 'SEAL-6'],
  description: `\`mr seal\` takes down the digest of a file, which is that of fs-verity, and the hashes of its blocks: in the file
beside it that has \`.seal\` behind its name, or inside a packed file. \`mr-lint --deep\` reads the whole file and holds it against its seal;
without \`--deep\`, only its length is. A seal that is damaged itself, so that its hashes are not those of its digest, is warned of:
then it is not known whether the file changed.`,
  qemu: [{ outcome: 'restores', says: 'It knows of no seals.' }],
  remedy:
    'Nothing has to be done for a file that is as it was sealed. `mr verify --verify-with` tells whose signature the seal has. Of a damaged seal, make a new one with `mr seal --force`, when it is known that the file is right.',
  *check({ seal, file }) {
    if (seal === undefined || seal.state === 'changed') return;
    const span = { byteOffset: 0, byteLength: file.sizeBytes };
    if (seal.state === 'unusable') {
      yield {
        message: `The file has a seal that cannot be used: ${seal.why}.`,
        severity: 'warning',
        span,
        where: 'file',
      };
      return;
    }
    const message =
      seal.state === 'same'
        ? `The file is as it was sealed, to the last bit: ${seal.digest}.`
        : `The file has a seal, ${seal.digest}; its contents were not held against it.`;
    yield { message, span, where: 'file' };
  },
};
