import { list, type QmpClient, record, shape, text, truth } from '@mapped-ram/qmp';
import { withUndo } from './with-undo.js';

/** The one method of a QMP client that is used in most places. */
export type QmpExecutor = Pick<QmpClient, 'execute'>;

/** Capabilities and parameters of QEMU's migrations, by the names that QEMU has for them. */
export interface MigrationSettings {
  readonly capabilities: Readonly<Record<string, boolean>>;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const capabilityStates = list(shape({ capability: text, state: truth }));

/** What a QEMU is set to. A name that it does not know is missing. */
export async function readSettings(qmp: QmpExecutor): Promise<MigrationSettings> {
  const states = await qmp.execute('query-migrate-capabilities', {}, { result: capabilityStates });
  const parameters = await qmp.execute('query-migrate-parameters', {}, { result: record });
  return {
    capabilities: Object.fromEntries(states.map(({ capability, state }) => [capability, state])),
    parameters,
  };
}

/**
 * Sets what is wanted, where it is not so already.
 *
 * @returns puts what was changed back; to be called when no migration runs
 * @throws QmpError; nothing is changed then
 */
export async function changeSettings(
  qmp: QmpExecutor,
  wanted: MigrationSettings,
): Promise<() => Promise<void>> {
  const before = await readSettings(qmp);
  const capabilities = changed(wanted.capabilities, before.capabilities);
  const parameters = changed(wanted.parameters, before.parameters);
  await setCapabilities(qmp, capabilities.now);
  const putCapabilitiesBack = () => setCapabilities(qmp, capabilities.before);
  try {
    await setParameters(qmp, parameters.now);
  } catch (error) {
    await putCapabilitiesBack().catch(() => {});
    throw error;
  }
  return () => withUndo(() => setParameters(qmp, parameters.before), putCapabilitiesBack);
}

type Values<T> = Readonly<Record<string, T>>;

/** Only what differs, as it is to be and as it was. */
function changed<T>(wanted: Values<T>, current: Values<T>): { now: Values<T>; before: Values<T> } {
  const names = Object.keys(wanted).filter((name) => wanted[name] !== current[name]);
  const pick = (from: Values<T>) => Object.fromEntries(names.map((name) => [name, from[name] as T]));
  return { now: pick(wanted), before: pick(current) };
}

async function setCapabilities(qmp: QmpExecutor, states: Values<boolean>): Promise<void> {
  const capabilities = Object.entries(states).map(([capability, state]) => ({ capability, state }));
  if (capabilities.length > 0) await qmp.execute('migrate-set-capabilities', { capabilities });
}

async function setParameters(qmp: QmpExecutor, parameters: Values<unknown>): Promise<void> {
  if (Object.keys(parameters).length > 0) await qmp.execute('migrate-set-parameters', parameters);
}
