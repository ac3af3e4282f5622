import { statSync } from 'node:fs';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { MappedRamError } from '@mapped-ram/format/errors';
import { expect, test } from 'vitest';
import { type PostedError, putErrorTogether, takeErrorApart } from './posted-error.js';

function posted(error: MappedRamError): MappedRamError {
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(takeErrorApart(error));
  const { message } = receiveMessageOnPort(port2) as { message: PostedError };
  port1.close();
  return putErrorTogether(message);
}

test('an error says the same in another thread', () => {
  const error = new MappedRamError('short-read', {
    byteOffset: 4096,
    path: 'ram',
    expected: 8,
    actual: 0xfff,
  });
  const { code, what, message, byteOffset, path, expected, actual, cause } = posted(error);
  expect({ code, what, message, byteOffset, path, expected, actual, cause }).toEqual({
    ...{ code: 'short-read', what: error.what, message: error.message, byteOffset: 4096, path: 'ram' },
    ...{ expected: 8, actual: 0xfff, cause: undefined },
  });
});

test('an error of the system goes with it', () => {
  let cause: unknown;
  try {
    statSync('/nowhere');
  } catch (error) {
    cause = error;
  }
  const error = posted(new MappedRamError('read-failed', { what: 'no such file', cause }));
  expect(error.message).toBe('no such file');
  expect(error.cause).toMatchObject({ code: 'ENOENT', syscall: 'stat', message: (cause as Error).message });
});
