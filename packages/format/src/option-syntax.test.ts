import { describe, expect, it } from 'vitest';
import { formatOptions, isMachineName } from './option-syntax.js';

describe('options of QEMU', () => {
  it('have their values in order, in which commas are doubled', () => {
    expect(formatOptions('memory-backend-file', { id: 'ram', size: 4096, 'mem-path': '/a,b,,c' })).toBe(
      'memory-backend-file,id=ram,size=4096,mem-path=/a,,b,,,,c',
    );
    expect(formatOptions(undefined, { fd: 3, opaque: 'x=y' })).toBe('fd=3,opaque=x=y');
    expect(formatOptions('none', {})).toBe('none');
  });

  it.each(['virt-10.0,dumpdtb=/etc/passwd', 'a=b', '', 'a b', 'a\nb', 'a\0'])('begin with no %j', (first) => {
    expect(() => formatOptions(first, {})).toThrow(RangeError);
    expect(() => formatOptions(undefined, { [first]: 1 })).toThrow(RangeError);
  });

  it('hold no NUL', () => {
    expect(() => formatOptions('x', { path: '/a\0b' })).toThrow(RangeError);
  });
});

it('names of machines are those that QEMU could have', () => {
  for (const name of ['pc-q35-10.0', 'none', 'sifive_u', 'spike_v1.10', 'SS-5']) {
    expect(isMachineName(name)).toBe(true);
  }
  for (const name of ['', 'pc,x=y', 'pc\0', 'pc pc', 'pc=', "pc'", 'pé', 'x'.repeat(65)]) {
    expect(isMachineName(name)).toBe(false);
  }
});
