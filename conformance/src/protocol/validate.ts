import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { RunAnswer, StartAnswer } from './messages.js';

const schema = JSON.parse(
  readFileSync(new URL('../../schema/protocol.schema.json', import.meta.url), 'utf8'),
) as { readonly $id: string };
const ajv = new Ajv2020().addSchema(schema);
const compile = <T>(name: string) => ajv.compile<T>({ $ref: `${schema.$id}#/$defs/${name}` });

/** Whether a message is an answer to `start`, by the protocol's schema. */
export const isStartAnswer = compile<StartAnswer>('startAnswer');

/** Whether a message is an answer to `run`, by the protocol's schema. */
export const isRunAnswer = compile<RunAnswer>('runAnswer');
