import { MappedRamError } from '@mapped-ram/format';
import type { Container } from '@mapped-ram/reader';
import type { OpenSource } from '@mapped-ram/reader/file';
import { type ViewOptions, viewClassicStream } from '@mapped-ram/transform';

/** A classic stream is no container of another file: it is shown as one. */
export const classicStream: Container = {
  name: 'classic stream',
  recognises: () => false,
  open: async () => undefined,
};

/** How a classic stream is opened for reading. */
export interface ReadingOpenerOptions extends ViewOptions {
  /** Open one with a fault as it is, so that what is before the fault can be told. */
  readonly tolerant?: boolean | undefined;
}

/**
 * Opens files for commands that look into them: a classic stream is shown as the snapshot that `mr convert` would make of it.
 *
 * @param openSource Opens a file that may lie in a container.
 */
export function readingOpener(openSource: OpenSource, options: ReadingOpenerOptions): OpenSource {
  const { tolerant = false, ...viewOptions } = options;
  return async (path) => {
    const { source, container } = await openSource(path);
    try {
      const view = await viewClassicStream(source, viewOptions);
      return { source: view, container: view === source ? container : (container ?? classicStream) };
    } catch (error) {
      if (tolerant && error instanceof MappedRamError && error.code !== 'read-failed')
        return { source, container };
      await source.close();
      throw error;
    }
  };
}
