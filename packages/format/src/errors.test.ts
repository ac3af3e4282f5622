import { describe, expect, it, vi } from 'vitest';
import { isMappedRamError, MappedRamError, mappedRamErrorCodes } from './errors.js';

describe('MappedRamError', () => {
  it('says what, where, what was expected and what was there', () => {
    const error = new MappedRamError('bad-page-size', {
      byteOffset: 1048578,
      path: 'ram.blocks[2].pagesOffset',
      expected: 'a multiple of 4096',
      actual: 1048577,
    });
    expect(error.message).toBe(
      'the page size is not usable in ram.blocks[2].pagesOffset at byte 1048578 (0x100002),' +
        ' expected a multiple of 4096, got 1048577 (0x100001)',
    );
    expect(error).toMatchObject({ name: 'MappedRamError', code: 'bad-page-size', byteOffset: 1048578 });
  });

  it('keeps values above 2^53 exact', () => {
    const error = new MappedRamError('value-too-large', { actual: 2n ** 64n - 1n });
    expect(error.message).toContain('18446744073709551615 (0xffffffffffffffff)');
  });

  it('keeps the cause, and has none where there was none', () => {
    const cause = new Error('EIO');
    expect(new MappedRamError('read-failed', { cause }).cause).toBe(cause);
    expect(Object.hasOwn(new MappedRamError('read-failed'), 'cause')).toBe(false);
  });

  it('has codes in kebab-case', () => {
    for (const code of mappedRamErrorCodes) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('is known in another copy of the package, and nothing else is', async () => {
    vi.resetModules();
    const other = await import('./errors.js');
    expect(other.MappedRamError).not.toBe(MappedRamError);
    const error = new other.MappedRamError('read-failed');
    expect(error).toBeInstanceOf(MappedRamError);
    expect(isMappedRamError(error)).toBe(true);
    for (const value of [new Error('read-failed'), { code: 'read-failed' }, null, undefined, 'read-failed']) {
      expect(value instanceof MappedRamError).toBe(false);
      expect(isMappedRamError(value)).toBe(false);
    }
  });

  it('leaves its subclasses their own instances', () => {
    class Narrow extends MappedRamError {}
    expect(new Narrow('read-failed')).toBeInstanceOf(MappedRamError);
    expect(new Narrow('read-failed')).toBeInstanceOf(Narrow);
    expect(new MappedRamError('read-failed') instanceof Narrow).toBe(false);
  });
});
