import type { OptionGroup } from '../option-spec.js';

/** How commands are told to look at many files. `jobsOf` makes sense of `--jobs`. */
export const manyFilesGroup: OptionGroup = {
  title: 'Many files',
  options: [
    {
      name: 'recursive',
      short: 'r',
      help: 'Go into folders that are named, and take every snapshot below: what is called *.mr or *.save, or begins as one.',
    },
    {
      name: 'jobs',
      short: 'j',
      value: 'N',
      help: 'Work on N files at a time; by default as many as there are processors, where there are many files. The output is the same.',
    },
  ],
};
