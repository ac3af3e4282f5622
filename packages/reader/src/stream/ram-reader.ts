import type { StreamModel } from '../model.js';
import type { RamBodyDraft } from './ram-body-draft.js';
import type { RamFormat } from './ram-format.js';

/** What of the stream comes before a ram section. */
export interface RamContext {
  readonly stream: Pick<StreamModel, 'streamOffset' | 'libvirt' | 'configuration'>;
  readonly format: RamFormat;
}

/** Reads the bodies of ram sections in another way than the walk does. */
export interface RamReader {
  /** Reads a body from `draft.endOffset` on, and leaves there where it ends. */
  readBody(draft: RamBodyDraft, context: RamContext): Promise<void>;
}
