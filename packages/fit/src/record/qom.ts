import { type QmpClient, QmpError, type ResultShape } from '@mapped-ram/qmp';

/**
 * Asks for what not every QEMU and every machine has.
 *
 * @returns undefined where QEMU refuses the question
 */
export async function askIfKnown<T>(
  qmp: QmpClient,
  command: string,
  args: Record<string, unknown>,
  result: ResultShape<T>,
): Promise<T | undefined> {
  try {
    return await qmp.execute(command, args, { result });
  } catch (error) {
    if (error instanceof QmpError) return undefined;
    throw error;
  }
}

/** A property that is a text; undefined where it is none, or there is none. */
export async function textProperty(
  qmp: QmpClient,
  path: string,
  property: string,
): Promise<string | undefined> {
  const value = await askIfKnown(qmp, 'qom-get', { path, property }, (one) => one);
  return typeof value === 'string' ? value : undefined;
}
