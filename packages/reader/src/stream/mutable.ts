/** A part of the model while it is being read. */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
