import type { Rule } from '../../rule.js';

export const configurationMissingRule: Rule = {
  id: 'configuration-missing',
  title: 'There is no configuration section',
  severity: 'note',
  needs: 'headers',
  clauses: ['CONFIG-1', 'CONFIG-10'],
  description: `The configuration section names the machine type and the capabilities. Old machine types and the
migration property \`send-configuration=off\` leave it out, and then nothing in the stream says which machine it belongs
to, or that it is a mapped-ram one.

The destination has to be set the same way, which the verdict takes for granted.`,
  qemu: [
    {
      outcome: 'restores',
      says: 'Restores where the destination does not expect one either; otherwise `Configuration section missing`.',
    },
  ],
  remedy: 'Note elsewhere which machine type and command line the file belongs to.',
  *check({ snapshot }) {
    if (snapshot.configuration !== undefined || snapshot.sections.length === 0) return;
    yield {
      message: 'The stream does not say which machine type and capabilities it was saved with.',
      span: { byteOffset: snapshot.streamOffset + 8, byteLength: 1 },
      where: 'configuration',
    };
  },
};
