/**
 * Program that renders the results of a run as pages and prints the path of the first one:
 * node -r ./environment/typescript.cjs site/build/results-program.ts .out/euler-smoke
 *
 * With --notebooks and --figures it takes them from other folders.
 */
import path from "node:path";
import {parseArgs} from "node:util";
import {renderResults} from "./results";

const word = {type: "string"} as const;

async function run(): Promise<void> {
  const {values, positionals} = parseArgs({
    options: {title: word, notebooks: word, figures: word},
    allowPositionals: true,
  });
  if (positionals.length !== 1)
    throw new Error(`results: expected the folder of one run, found ${positionals.join(" ") || "none"}.`);
  const folder = path.resolve(positionals[0]);
  const {title = path.basename(folder)} = values;
  const given = Object.entries(values).filter(([name]) => name === "notebooks" || name === "figures");
  const places = Object.fromEntries(given.map(([name, place]) => [name, path.resolve(place)]));
  process.stdout.write(`${await renderResults(folder, {title, ...places})}\n`);
}

run().catch(({message}: Error) => {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
});
