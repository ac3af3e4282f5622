// Runs `mr-lint` in the working directory once for each list of arguments in the first argument, which is JSON, and
// prints what each run printed, as a JSON array. One process for all: most of a short run is starting up.
import { main } from '@mapped-ram/cli';

const runs: readonly (readonly string[])[] = JSON.parse(process.argv[2] ?? '[]');
const outputs: string[] = [];
for (const args of runs) {
  let output = '';
  const stream = {
    write: (text: string) => {
      output += text;
    },
  };
  await main(args, { stdout: stream, stderr: stream, env: {} }, new AbortController().signal);
  outputs.push(output);
}
process.stdout.write(JSON.stringify(outputs));
