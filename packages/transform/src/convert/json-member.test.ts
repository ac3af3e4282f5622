import { expect, it } from 'vitest';
import { replaceMember, writeJson } from './json-member.js';

const JSON_TEXT =
  '{"a": {"b": {"c": 1}}, "b": {"x": "} \\" {", "b": [{}]}, "b2": [{"b": {}}], "tail": {"b": {}}}';

it('replaces a member of the outermost object, and only that', () => {
  expect(replaceMember(JSON_TEXT, 'b', 'NEW')).toBe(
    '{"a": {"b": {"c": 1}}, "b": NEW, "b2": [{"b": {}}], "tail": {"b": {}}}',
  );
  expect(replaceMember(JSON_TEXT, 'tail', '{}')).toBe(JSON_TEXT.replace(/"tail": .*$/, '"tail": {}}'));
});

it('leaves a text alone that has no such object', () => {
  expect(replaceMember(JSON_TEXT, 'c', 'NEW')).toBe(JSON_TEXT);
  expect(replaceMember('{"a": 1}', 'a', 'NEW')).toBe('{"a": 1}');
  expect(replaceMember('', 'a', 'NEW')).toBe('');
});

it('writes JSON as QEMU does', () => {
  const text = '{"name": "a \\"b\\"", "list": [1, {"size": 2}, []], "none": null}';
  expect(writeJson(JSON.parse(text))).toBe(text);
});
