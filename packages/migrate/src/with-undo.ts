import { hasErrorCode } from '@mapped-ram/format';

/**
 * Does something and takes back what it needed, whichever way it goes. The first error is the one to tell, but for the end of the
 * connection, which may follow its cause by a moment.
 *
 * @throws what `work` throws; what `undo` throws, where the work went well
 */
export async function withUndo<T>(work: () => Promise<T>, undo: () => Promise<void>): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await undo().catch((second: unknown) => {
      if (hasErrorCode(second, 'qmp-closed')) throw second;
    });
    throw error;
  }
  await undo();
  return result;
}
