import { describe, expect, it } from 'vitest';
import { type AddressEncoding, decodeAddresses } from './decode-addresses.js';
import { decodeNames } from './decode-names.js';
import { KernelSymbols, systemMap } from './kernel-symbols.js';

/** A table in which each character is a token of its own, and one token is longer. */
function tables(names: readonly (readonly number[])[]) {
  const tokens = Array.from({ length: 256 }, (_, code) =>
    code === 1 ? 'init_' : String.fromCharCode(code || 0x7f),
  );
  let at = 0;
  const tokenIndex = Uint16Array.from(tokens, (token) => {
    const start = at;
    at += token.length + 1;
    return start;
  });
  const tokenTable = Uint8Array.from(
    [...`${tokens.join('\0')}\0`].map((character) => character.charCodeAt(0)),
  );
  const bytes = names.flatMap((codes) => [
    ...(codes.length < 128 ? [codes.length] : [(codes.length & 127) | 128, codes.length >> 7]),
    ...codes,
  ]);
  return { count: names.length, names: Uint8Array.from(bytes), tokenTable, tokenIndex };
}

const codes = (text: string) => [...text].map((character) => character.charCodeAt(0));

describe('the kernel’s symbols', () => {
  it('have names out of tokens, of up to 127 in one byte and more in two', () => {
    const long = 'x'.repeat(300);
    const decoded = decodeNames(
      tables([codes('T_stext'), [...codes('D'), 1, ...codes('task')], codes(`t${long}`)]),
    );
    expect(decoded).toEqual(['T_stext', 'Dinit_task', `t${long}`]);
  });

  it('end where their table ends', () => {
    const cut = tables([codes('T_stext'), codes('Tnext')]);
    expect(() => decodeNames({ ...cut, names: cut.names.subarray(0, 10) })).toThrow(
      'ends before its last name',
    );
    expect(() => decodeNames({ ...cut, count: 3 })).not.toThrow(RangeError);
  });

  const table = 0xffff_ffff_8200_0000n;
  const base = 0xffff_ffff_8100_0000n;
  it.each<[AddressEncoding, number[], bigint[]]>([
    [{ kind: 'base-relative', table, base }, [0, 0x10, -1], [base, base + 16n, base + 0xffff_ffffn]],
    [{ kind: 'absolute-percpu', table, base }, [0, 0x10, -1], [0n, 16n, base]],
    [{ kind: 'place-relative', table }, [-0x10, 0x10], [table - 16n, table + 20n]],
    [{ kind: 'absolute', table }, [0x8100_0000, -1, 5, 0], [base, 5n]],
  ])('have addresses in the way of %o', (encoding, words, addresses) => {
    const bytes = new Uint8Array(Int32Array.from(words).buffer);
    expect([...decodeAddresses(bytes, encoding)]).toEqual(
      addresses.map((address) => BigInt.asUintN(64, address)),
    );
  });

  it('are found by name, and written as they are or as they were linked', () => {
    const symbols = new KernelSymbols(
      ['Acpu', 'T_text', 'tagain', 'dagain'],
      BigUint64Array.of(8n, base, base + 1n, base + 2n),
    );
    expect(symbols.find('again')).toEqual({ name: 'again', type: 't', address: base + 1n });
    expect(symbols.find('none')).toBeUndefined();
    expect(() => symbols.address('none')).toThrow('no symbol none');
    expect([...systemMap(symbols, 0x100_0000n)].slice(0, 2)).toEqual([
      '0000000000000008 A cpu\n',
      'ffffffff80000000 T _text\n',
    ]);
  });
});
