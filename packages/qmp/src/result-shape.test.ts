import { expect, it } from 'vitest';
import { amount, finite } from './result-shape.js';

it.each([0, 3, 0.5])('%d is an amount, and a number', (value) => {
  expect(amount(value, 'x')).toBe(value);
  expect(finite(value, 'x')).toBe(value);
});

it.each([-12.824, Number.NaN, Number.POSITIVE_INFINITY, '3', null])('%j is no amount', (value) => {
  expect(() => amount(value, 'x')).toThrow('x');
});

it('a number may be negative, as mbps of a migration that QEMU has just begun', () => {
  expect(finite(-12.824, 'ram.mbps')).toBe(-12.824);
  expect(() => finite('fast', 'ram.mbps')).toThrow('ram.mbps');
  expect(() => finite(Number.NaN, 'ram.mbps')).toThrow('ram.mbps');
});
