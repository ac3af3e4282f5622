/** An element of an XML text, with its place in it: what is to be another can be cut out and replaced, and all else stays. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Text and CDATA in it, without that of its children. */
  readonly text: string;
  /** From its `<` to behind its last `>`, in UTF-16 code units of the text. */
  readonly start: number;
  readonly end: number;
  /** What is between its tags; both are `end` where it has only one. */
  readonly contentStart: number;
  readonly contentEnd: number;
}

/** What is wrong with an XML text, and where in it, in UTF-16 code units. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message);
  }
}

/**
 * The first child with that name.
 *
 * @public
 */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}
