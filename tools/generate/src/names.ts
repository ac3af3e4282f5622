/** `ram_block` in the way of a JavaScript class: `RamBlock`. */
export function upperCamelCase(name: string): string {
  return name.replace(/(?:^|_)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}

/** `ofs_pages` in the way of a JavaScript property: `ofsPages`. */
export function lowerCamelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}
