import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { clauseOf, grammarNames, type KsyType, readGrammar, repositoryRoot } from './grammar.js';

interface Documented {
  readonly path: string;
  readonly node: KsyType & { readonly id?: string; readonly type?: unknown; readonly size?: unknown };
}

/** Everything that has or may have a `doc-ref`: the types, and their parameters, fields and instances. */
function* documentedNodes(path: string, type: KsyType): Generator<Documented> {
  yield { path, node: type };
  for (const part of ['params', 'seq'] as const) {
    for (const attribute of type[part] ?? []) {
      yield { path: `${path}/${part}/${attribute.id}`, node: attribute as Documented['node'] };
    }
  }
  for (const [id, instance] of Object.entries(type.instances ?? {})) {
    yield { path: `${path}/instances/${id}`, node: { ...instance, id } as Documented['node'] };
  }
  for (const [id, nested] of Object.entries(type.types ?? {}))
    yield* documentedNodes(`${path}/types/${id}`, nested);
}

const clauses = await readFile(`${repositoryRoot}spec/mapped-ram.md`, 'utf8').then(
  (text) => new Set([...text.matchAll(/^\*\*([A-Z]+-\d+)\*\*/gm)].map(([, id]) => id)),
);

describe.each(grammarNames)('%s.ksy', (name) => {
  it('documents every type, with the clause that it says', async () => {
    for (const { path, node } of documentedNodes('', await readGrammar(name))) {
      if (!/^(\/types\/\w+)*$/.test(path)) continue;
      expect(node.doc, `${path} doc`).toBeTypeOf('string');
      expect(clauseOf(node) ?? path, `${path} doc-ref`).toMatch(/^([A-Z]+-\d+)?$/);
    }
  });

  it('refers to clauses that are there', async () => {
    for (const { path, node } of documentedNodes('', await readGrammar(name))) {
      for (const address of [node['doc-ref'] ?? []].flat()) expect(address, path).toMatch(/^https:\/\//);
      const clause = clauseOf(node);
      if (clause !== undefined) expect(clauses, `${path} refers to ${clause}`).toContain(clause);
    }
  });

  it('has the keys of a type in the order of the style guide', async () => {
    const order = ['meta', 'doc', 'doc-ref', 'params', 'seq', 'instances', 'types', 'enums'];
    for (const { path, node } of documentedNodes('', await readGrammar(name))) {
      if (!/^(\/types\/\w+)*$/.test(path)) continue;
      expect(Object.keys(node), path).toEqual(order.filter((key) => key in node));
    }
  });

  it('has no line of more than 80 columns', async () => {
    const lines = (await readFile(`${repositoryRoot}spec/${name}.ksy`, 'utf8')).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('is in the public domain', async () => {
    expect((await readGrammar(name)).meta).toMatchObject({ id: name, license: 'CC0-1.0' });
  });
});

describe('mapped-ram.md', () => {
  it('numbers the clauses of each area without a gap', () => {
    const last = new Map<string, number>();
    for (const clause of clauses) {
      const [area = '', number] = clause?.split('-') ?? [];
      expect(Number(number), clause).toBe((last.get(area) ?? 0) + 1);
      last.set(area, Number(number));
    }
    expect(clauses.size).toBeGreaterThan(50);
  });
});
