import { checkOptions, integerOption, MappedRamError, nameOption } from '@mapped-ram/format';
import { workChecks } from '../option-checks.js';
import { findSeal, openSealable } from './find-seal.js';
import type { HashOptions } from './hash-source.js';
import { SealComparison, type SealComparisonReport } from './seal-comparison.js';
import { sealPath } from './seal-path.js';
import { verifySignature } from './ssh-signature.js';

/** How to verify. */
export interface VerifyOptions extends HashOptions {
  /** Where the seal of a plain file is: a seal, or a packed file that has one; beside it if not given. */
  readonly sealPath?: string | undefined;
  /** Path of a file of allowed signers, or of one public key: the seal has to be signed by one of them. */
  readonly verifyWith?: string | undefined;
  /** Changes that are named, at most; 100 if not given. */
  readonly maxChanges?: number | undefined;
}

/** What verifying found. */
export interface VerifyReport extends SealComparisonReport {
  /** Whose signature the seal has, where that was asked. */
  readonly signer?: string | undefined;
}

/**
 * Holds a file against its seal. The whole file is read.
 *
 * @throws MappedRamError `no-seal`, `bad-seal`, `signature-failed`, `read-failed`, `bad-packed-file`; the signal's reason.
 */
export async function verifyFile(path: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  checkOptions<VerifyOptions>(options, {
    ...{ ...workChecks, sealPath: nameOption },
    verifyWith: nameOption,
    maxChanges: integerOption(),
  });
  const { sealPath: besidePath = sealPath(path), verifyWith } = options;
  const opened = await openSealable(path);
  try {
    const found = await findSeal(opened.packed, besidePath);
    if (found === undefined) {
      throw new MappedRamError('no-seal', { what: `${path} has no seal; mr seal makes one` });
    }
    try {
      const { seal } = found;
      const signer =
        verifyWith === undefined ? undefined : await verifySignature(seal.digest, seal.signature, verifyWith);
      const comparison = new SealComparison(opened.source, seal, options);
      return { ...(await comparison.finish(options.onProgress)), ...(signer !== undefined && { signer }) };
    } finally {
      await found.close();
    }
  } finally {
    await opened.close();
  }
}
