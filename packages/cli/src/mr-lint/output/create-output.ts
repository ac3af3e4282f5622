import type { Format } from '../options.js';
import { githubOutput } from './github.js';
import { jsonOutput } from './json.js';
import { jsonlOutput } from './jsonl.js';
import type { Output, OutputContext } from './output.js';
import { type PrettyStyle, prettyOutput } from './pretty.js';

/** The output for a format. `style` counts for pretty only. */
export async function createOutput(
  format: Format,
  context: OutputContext,
  style: PrettyStyle,
): Promise<Output> {
  switch (format) {
    case 'pretty':
      return prettyOutput(context, style);
    case 'json':
      return jsonOutput(context);
    case 'jsonl':
      return jsonlOutput(context);
    case 'sarif': {
      // What it needs is loaded where it is asked for.
      const { packageVersion } = await import('../../shared/package-version.js');
      const { sarifOutput } = await import('./sarif.js');
      return sarifOutput(context, packageVersion());
    }
    case 'github':
      return githubOutput(context);
  }
}
