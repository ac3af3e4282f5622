import { describe, expect, it } from 'vitest';
import { describeRamFlags, FORBIDDEN_RAM_FLAGS, RamFlag } from './flags.js';

describe('RAM flags', () => {
  it('are named as QEMU names them', () => {
    expect(describeRamFlags(RamFlag.memSize)).toBe('MEM_SIZE');
    expect(describeRamFlags(RamFlag.eos | RamFlag.continue)).toBe('EOS | CONTINUE');
    expect(describeRamFlags(RamFlag.multifdFlush | RamFlag.compressPage)).toBe(
      'COMPRESS_PAGE | MULTIFD_FLUSH',
    );
  });

  it('are shown as a number where they have no name', () => {
    expect(describeRamFlags(RamFlag.eos | 0x400 | 0x01)).toBe('EOS | 0x401');
    expect(describeRamFlags(0)).toBe('none');
  });

  it('leave MEM_SIZE and EOS to a mapped-ram stream', () => {
    expect(FORBIDDEN_RAM_FLAGS & (RamFlag.memSize | RamFlag.eos | RamFlag.continue)).toBe(0);
    expect(describeRamFlags(FORBIDDEN_RAM_FLAGS)).toBe('ZERO | PAGE | XBZRLE | HOOK | MULTIFD_FLUSH');
  });
});
