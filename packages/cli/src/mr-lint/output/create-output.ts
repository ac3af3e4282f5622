import type { Format } from '../options.js';
import { githubOutput } from './github.js';
import { jsonOutput } from './json.js';
import type { Output, OutputContext } from './output.js';
import { type PrettyStyle, prettyOutput } from './pretty.js';
import { sarifOutput } from './sarif.js';

/** The output for a format. `style` counts for pretty only, `version` (of this program) for sarif. */
export function createOutput(
  format: Format,
  context: OutputContext,
  style: PrettyStyle,
  version: string,
): Output {
  switch (format) {
    case 'pretty':
      return prettyOutput(context, style);
    case 'json':
      return jsonOutput(context);
    case 'sarif':
      return sarifOutput(context, version);
    case 'github':
      return githubOutput(context);
  }
}
