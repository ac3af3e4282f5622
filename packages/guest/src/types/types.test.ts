import { MappedRamError } from '@mapped-ram/format';
import { describe, expect, it } from 'vitest';
import { KernelSymbols } from '../symbols/kernel-symbols.js';
import { BtfBuilder } from '../testing/btf-builder.js';
import { Random } from '../testing/random.js';
import { BtfKind, BtfTypes } from './btf.js';
import { isf } from './isf.js';
import { StructLayout } from './struct-layout.js';

function build(): Uint8Array {
  const btf = new BtfBuilder();
  const int = btf.int('int', 4, 1);
  const long = btf.int('long unsigned int', 8);
  const pid = btf.of(BtfKind.typedef, int, 'pid_t');
  const list = btf.struct('list_head', 16, [
    ['next', 4, 0],
    ['prev', 4, 64],
  ]);
  btf.of(BtfKind.pointer, list);
  const inner = btf.struct('', 8, [['exit_state', int, 32]]);
  const state = btf.enum(
    'state',
    [
      ['RUNNING', 0],
      ['BROKEN', -1],
    ],
    true,
  );
  btf.struct('task_struct', 64, [
    ['__state', int, 0],
    ['tasks', list, 64],
    ['', inner, 192],
    ['pid', pid, 256],
    ['flag', int, 290, 3],
    ['comm', btf.array(btf.int('char', 1, 1), 16), 320],
    ['kind', state, 448],
    ['address', btf.of(BtfKind.const, long), 448],
  ]);
  return btf.build();
}

describe('the kernel’s types', () => {
  it('tell where members are, also in structures without a name', () => {
    const layout = new StructLayout(new BtfTypes(build()));
    expect(layout.size('task_struct')).toBe(64);
    expect(layout.offset('task_struct', 'exit_state')).toBe(28);
    expect(layout.offset('task_struct', 'tasks.prev')).toBe(16);
    expect(layout.sizeOf(layout.find('task_struct', 'comm'))).toBe(16);
    expect(layout.nameOf(layout.find('task_struct', 'tasks'))).toBe('list_head');
    expect(layout.tryFind('task_struct', 'none')).toBeUndefined();
    expect(() => layout.offset('none', 'none')).toThrow('no structure none');
  });

  it('are written for volatility3', () => {
    const base = 0xffff_ffff_8100_0000n;
    const symbols = new KernelSymbols(
      ['Dinit_task', 'Dlinux_banner', 'ddup', 'ddup'],
      BigUint64Array.of(base, base + 64n, 1n, 2n),
    );
    const banner = new TextEncoder().encode('Linux version 6\n\0');
    const text = [...isf({ symbols, types: new BtfTypes(build()), kernelOffset: 0x100_0000n, banner })].join(
      '',
    );
    const file = JSON.parse(text);
    expect(file.metadata.format).toBe('6.2.0');
    expect(file.base_types).toMatchObject({
      void: { kind: 'void', size: 0 },
      pointer: { size: 8 },
      int: { kind: 'int', size: 4, signed: true, endian: 'little' },
      char: { kind: 'char', size: 1 },
    });
    const { fields } = file.user_types.task_struct;
    expect(fields.pid).toEqual({ type: { kind: 'base', name: 'int' }, offset: 32 });
    expect(fields.unnamed_field_2).toEqual({
      type: { kind: 'struct', name: 'unnamed_6' },
      offset: 24,
      anonymous: true,
    });
    expect(fields.flag).toEqual({
      type: { kind: 'bitfield', bit_position: 2, bit_length: 3, type: { kind: 'base', name: 'int' } },
      offset: 36,
    });
    expect(fields.comm.type).toEqual({ kind: 'array', count: 16, subtype: { kind: 'base', name: 'char' } });
    expect(file.enums.state).toEqual({ size: 4, base: 'int', constants: { RUNNING: 0, BROKEN: -1 } });
    expect(file.symbols.init_task).toEqual({
      type: { kind: 'struct', name: 'task_struct' },
      address: Number(base - 0x100_0000n),
    });
    expect(atob(file.symbols.linux_banner.constant_data)).toBe('Linux version 6\n\0');
    expect(file.symbols.dup.address).toBe(1);
  });

  it('that are made of each other, cut off or of unknown kinds are refused', () => {
    const loop = new BtfBuilder();
    loop.of(BtfKind.typedef, 2, 'a');
    loop.of(BtfKind.typedef, 1, 'b');
    loop.struct('s', 8, [['x', 1, 0]]);
    expect(() => [...written(loop.build())]).toThrow('made of each other');
    const self = new BtfBuilder();
    self.of(BtfKind.pointer, 1);
    self.struct('s', 8, [['x', 1, 0]]);
    expect(() => [...written(self.build())]).toThrow('made of each other');
    const nested = new BtfBuilder();
    nested.struct('s', 8, [['', 1, 0]]);
    expect(new StructLayout(new BtfTypes(nested.build())).tryFind('s', 'x')).toBeUndefined();
    const strange = new BtfBuilder();
    strange.raw(25, 0, []);
    expect(() => new BtfTypes(strange.build())).toThrow('a kind that is not known: 25');
    expect(() => new BtfTypes(build().subarray(0, 90))).toThrow('cut off');
    expect(() => new BtfTypes(new Uint8Array(24))).toThrow('no BTF');
  });

  it('are refused or taken, whatever bytes are changed', () => {
    const good = build();
    for (let seed = 1; seed <= 500; seed++) {
      const random = new Random(seed);
      const bytes = good.slice();
      for (let count = 1 + random.below(4); count > 0; count--)
        bytes[random.below(bytes.length)] = random.below(256);
      try {
        const types = new BtfTypes(bytes);
        new StructLayout(types).tryFind('task_struct', 'tasks.next');
        for (const _piece of written(bytes)) {
          // Each is made.
        }
      } catch (error) {
        expect(error, `seed ${seed}`).toBeInstanceOf(MappedRamError);
      }
    }
  });
});

function written(bytes: Uint8Array): Generator<string> {
  const symbols = new KernelSymbols(['Dinit_task'], BigUint64Array.of(1n));
  return isf({ symbols, types: new BtfTypes(bytes), kernelOffset: 0n, banner: new Uint8Array(0) });
}
