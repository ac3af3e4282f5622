import { describe, expect, it } from 'vitest';
import { cString, isPrintable, quoteName } from './names.js';

describe('names', () => {
  it('end at the first NUL, as C strings do', () => {
    expect([cString('pc.ram'), cString('ra\0m'), cString('\0')]).toEqual(['pc.ram', 'ra', '']);
  });

  it('are printable ASCII', () => {
    expect([isPrintable('/rom@etc/acpi/tables'), isPrintable('\u0007'), isPrintable('ä')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('are quoted without bytes that a terminal would act upon', () => {
    expect(quoteName('a"b')).toBe('"a\\"b"');
    expect(quoteName('\u001b[2J\u009bä')).toBe('"\\u001b[2J\\u009b\\u00e4"');
    expect(quoteName('x'.repeat(500)).length).toBeLessThanOrEqual(80);
  });
});
