/** A string of JSON, or a bracket. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;

/**
 * Replaces an object that is a member of a JSON text's outermost object. All other text stays as it is: QEMU repeats
 * keys, which parsing and writing anew would lose.
 *
 * @returns The text as it was, where there is no such member.
 */
export function replaceMember(json: string, name: string, value: string): string {
  let depth = 0;
  let start: number | undefined;
  let lastString: string | undefined;
  for (const { 0: token, index } of json.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      if (depth === 1 && lastString === JSON.stringify(name) && token === '{') start ??= index;
      depth++;
    } else if (token === '}' || token === ']') {
      depth--;
      if (depth === 1 && start !== undefined) return json.slice(0, start) + value + json.slice(index + 1);
    }
    lastString = token.startsWith('"') ? token : undefined;
  }
  return json;
}

/** JSON with the white space that QEMU puts into it (QEMU 9.0 to 11.1, qobject/json-writer.c). */
export function writeJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${writeJson(member)}`,
  );
  return `{${members.join(', ')}}`;
}
