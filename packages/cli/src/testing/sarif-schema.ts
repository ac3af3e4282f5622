import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';

// The standard's schema (OASIS, SARIF 2.1.0, appendix "JSON schema") is published as no package of its own.
const carrier = createRequire(import.meta.url).resolve('@datadog/datadog-ci-plugin-sarif/package.json');
const schema = JSON.parse(
  readFileSync(join(dirname(carrier), 'dist/json-schema/sarif-schema-2.1.0.json'), 'utf8'),
);

const ajv = new Ajv({ strictTypes: false, allErrors: true });
formats.default(ajv);
const validate = ajv.compile(schema);

/** What the official schema of SARIF 2.1.0 finds wrong with a log: nothing, where it is one. */
export function sarifErrors(log: unknown): string[] {
  if (validate(log)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}
