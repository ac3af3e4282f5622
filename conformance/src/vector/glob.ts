/** Whether an id such as `header/page-size-zero` fits a pattern in which `*` stands for any characters. */
export function matchesGlob(id: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(id);
}
