/** What is worth knowing about opened files of The Well's format, said where they are opened. */
import {openWell as open, type WellDataset, type WellOptions} from "@lola-ts/well";
import {displayWriter} from "./kernel-output";

/** Lines at most: a dataset may have hundreds of files that are alike. */
const MAX_LINES = 10;

/** List the peculiarities of datasets, and the files that were skipped: one line each, the further ones counted. */
export function checkLines(wells: readonly Pick<WellDataset, "checks" | "skipped">[]): string[] {
  const all = wells.flatMap(({checks, skipped}) => [...checks, ...skipped.map((reason) => `skipped: ${reason}`)]);
  const lines = [...new Set(all)];
  const more = lines.length - MAX_LINES;
  return more <= 0 ? lines : [...lines.slice(0, MAX_LINES), `and ${more} more findings: see checks of the dataset`];
}

/**
 * Open a dataset: a folder as The Well lays it out (`<root>[/datasets][/<dataset>][/data]/<split>/*.hdf5`), or a list of files.
 * In a notebook, print what is worth knowing about its files, one line per finding.
 *
 * @throws Error naming the folder or file that is missing or not HDF5; WellError naming file, dataset, place, what was
 *   expected and what was found.
 * @example const dataset = await openWell("data/well", {datasets: ["rayleigh_benard"], split: "test"});
 */
export async function openWell(source: string | readonly string[], options: WellOptions = {}): Promise<WellDataset> {
  const dataset = await open(source, options);
  const lines = displayWriter() ? checkLines([dataset]) : [];
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
  return dataset;
}
