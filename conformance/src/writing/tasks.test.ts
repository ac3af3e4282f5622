import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { taskDefinitions } from './definitions.js';
import { generateTask } from './generate-task.js';
import { listTasks, readTask, taskStore } from './task-store.js';

const schema = JSON.parse(
  readFileSync(new URL('../../schema/writing-task.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true }).compile(schema);
const specification = readFileSync(new URL('../../../spec/mapped-ram.md', import.meta.url), 'utf8');

test('every task on disk has a definition, and the reverse', () => {
  expect(taskDefinitions.map(({ id }) => id).sort()).toEqual(listTasks());
});

describe.each(taskDefinitions)('$id', (definition) => {
  test('on disk is what its definition gives, and fits the schema', async () => {
    const task = readTask(definition.id);
    expect(task === undefined ? '' : taskStore.format(task)).toBe(
      taskStore.format(await generateTask(definition)),
    );
    validate(task);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('cites clauses that exist', () => {
    expect(definition.clauses.filter((clause) => !specification.includes(`\n**${clause}**`))).toEqual([]);
  });
});
