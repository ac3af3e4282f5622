import { expect, it } from 'vitest';
import { taskStateLetter } from './task-state.js';

it.each([
  [0, 0, 'R'],
  [1, 0, 'S'],
  [2, 0, 'D'],
  [0x402, 0, 'I'],
  [4, 0, 'T'],
  [8, 0, 't'],
  [0x80, 0x20, 'Z'],
  [0x80, 0x10, 'X'],
  [0x1000, 0, 'D'],
  [0x2001, 0, 'S'],
])('a task’s state %i, and %i where it has ended, is %s', (state, exitState, letter) => {
  expect(taskStateLetter(state, exitState)).toBe(letter);
});
