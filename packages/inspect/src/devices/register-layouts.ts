/** Registers that one field of a CPU's state holds. */
export interface RegisterSource {
  /** Path of the field in the state of `cpu`. */
  readonly path: string;
  /** A name for the field's value, or names for an array's elements; an element without a name is left out. */
  readonly names: string | readonly (string | undefined)[];
  /** The elements are the parts of one register, the lowest first. */
  readonly joined?: true;
}

/** How a CPU's state is to be read as registers. */
export interface RegisterLayout {
  readonly architecture: string;
  /** Fields that only this architecture's CPUs have, whatever their mode. */
  readonly marks: readonly string[];
  readonly sources: readonly RegisterSource[];
}

const X86_GENERAL = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const X86_SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];

/** Selector, base, limit and flags of a segment or table register. */
function segment(path: string, name: string): RegisterSource[] {
  return [
    { path: `${path}.selector`, names: name },
    ...['base', 'limit', 'flags'].map((part) => ({ path: `${path}.${part}`, names: `${name}.${part}` })),
  ];
}

/** What the 32-bit and the 64-bit x86 have in common; there, as in QEMU, the fields are only of another width. */
const x86Common: readonly RegisterSource[] = [
  ...X86_SEGMENTS.flatMap((name, index) => segment(`env.segs[${index}]`, name)),
  ...['ldt', 'tr', 'gdt', 'idt'].flatMap((name) => segment(`env.${name}`, name)),
  ...[0, 2, 3, 4].map((index) => ({ path: `env.cr[${index}]`, names: `cr${index}` })),
  { path: 'env.dr', names: numbered('dr', 8) },
  ...['efer', 'star', 'lstar', 'cstar', 'fmask', 'kernelgsbase'].map((name) => ({
    path: `env.${name}`,
    names: name,
  })),
  { path: 'env.mxcsr', names: 'mxcsr' },
  ...Array.from({ length: 16 }, (_, index) => ({
    path: `env.xmm_regs[0][${index}]`,
    names: `xmm${index}`,
    joined: true as const,
  })),
];

const armFloat: readonly RegisterSource[] = [
  ...Array.from({ length: 32 }, (_, index) => ({
    path: `cpu/vfp.env.vfp.zregs[${index}].d`,
    names: `v${index}`,
    joined: true as const,
  })),
  { path: 'cpu/vfp.fpscr', names: 'fpscr' },
];

const RISCV_GENERAL = [
  ...['zero', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1'],
  ...numbered('a', 8),
  ...['s2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 't3', 't4', 't5', 't6'],
];

const RISCV_CONTROL = [
  ...['priv', 'mhartid', 'mstatus', 'mip', 'mie', 'mideleg', 'medeleg', 'mtvec', 'mepc', 'mcause', 'mtval'],
  ...['satp', 'stvec', 'sepc', 'scause', 'stval'],
];

/** Every layout; the first whose marks are all there counts. */
export const registerLayouts: readonly RegisterLayout[] = [
  {
    architecture: 'x86_64',
    marks: ['env.eip', 'env.lstar'],
    sources: [
      { path: 'env.regs', names: [...X86_GENERAL.map((name) => `r${name}`), ...numbered('r', 8, 8)] },
      { path: 'env.eip', names: 'rip' },
      { path: 'env.eflags', names: 'rflags' },
      ...x86Common,
    ],
  },
  {
    architecture: 'i386',
    marks: ['env.eip'],
    sources: [
      { path: 'env.regs', names: X86_GENERAL.map((name) => `e${name}`) },
      { path: 'env.eip', names: 'eip' },
      { path: 'env.eflags', names: 'eflags' },
      ...x86Common,
    ],
  },
  {
    architecture: 'arm-m',
    marks: ['cpu/m.env.v7m.exception'],
    sources: [
      { path: 'env.regs', names: [...numbered('r', 13), 'sp', 'lr', 'pc'] },
      { path: 'cpsr', names: 'xpsr' },
      ...armFloat,
    ],
  },
  {
    architecture: 'aarch64',
    marks: ['env.xregs', 'pstate'],
    sources: [
      { path: 'env.xregs', names: [...numbered('x', 31), 'sp'] },
      { path: 'env.pc', names: 'pc' },
      { path: 'pstate', names: 'pstate' },
      { path: 'env.sp_el', names: numbered('sp_el', 4) },
      { path: 'env.elr_el', names: [undefined, ...numbered('elr_el', 3, 1)] },
      ...armFloat,
    ],
  },
  {
    architecture: 'arm',
    marks: ['env.xregs', 'cpsr'],
    sources: [
      { path: 'env.regs', names: [...numbered('r', 13), 'sp', 'lr', 'pc'] },
      { path: 'cpsr', names: 'cpsr' },
      { path: 'env.spsr', names: 'spsr' },
      ...armFloat,
    ],
  },
  {
    architecture: 's390x',
    marks: ['env.psw.mask'],
    sources: [
      { path: 'env.psw.mask', names: 'psw.mask' },
      { path: 'env.psw.addr', names: 'psw.addr' },
      { path: 'env.regs', names: numbered('r', 16) },
      { path: 'env.aregs', names: numbered('a', 16) },
      { path: 'env.cregs', names: numbered('c', 16) },
      ...Array.from({ length: 16 }, (_, index) => ({
        path: `cpu/fpu.env.vregs[${index}][0]`,
        names: `f${index}`,
      })),
      { path: 'cpu/fpu.env.fpc', names: 'fpc' },
      { path: 'env.psa', names: 'prefix' },
    ],
  },
  {
    architecture: 'riscv',
    marks: ['env.mhartid'],
    sources: [
      { path: 'env.gpr', names: RISCV_GENERAL },
      { path: 'env.pc', names: 'pc' },
      ...RISCV_CONTROL.map((name) => ({ path: `env.${name}`, names: name })),
      { path: 'env.fpr', names: numbered('f', 32) },
    ],
  },
  {
    architecture: 'ppc',
    marks: ['env.nip'],
    sources: [
      { path: 'env.gpr', names: numbered('r', 32) },
      { path: 'env.nip', names: 'nip' },
      { path: 'env.msr', names: 'msr' },
      { path: 'env.crf', names: numbered('cr', 8) },
      // Special-purpose registers have numbers; these are the ones of the user's mode.
      { path: 'env.spr', names: [undefined, 'xer', ...Array<undefined>(6).fill(undefined), 'lr', 'ctr'] },
    ],
  },
  {
    architecture: 'avr',
    marks: ['env.pc_w'],
    sources: [
      { path: 'env.r', names: numbered('r', 32) },
      { path: 'env.pc_w', names: 'pc' },
      { path: 'env.sp', names: 'sp' },
    ],
  },
];

/** `x0`, `x1`, ...: so many names, from a number on. */
function numbered(prefix: string, count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${from + index}`);
}
