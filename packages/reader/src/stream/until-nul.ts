/** A counted name as QEMU takes it: up to a NUL, as all of C does (`qemu_get_counted_string`, QEMU 9.0 to 11.1, migration/qemu-file.c). */
export function untilNul(name: string): string {
  const end = name.indexOf('\0');
  return end < 0 ? name : name.slice(0, end);
}
